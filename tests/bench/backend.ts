import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deploySpacelift, readStackFile } from "../../automation";
import type { Engine } from "../../engine";
import { type RemoteBackends, remoteBackends, type StateBackend } from "../support/peers/state-backends";
import { changeCount, RehearsedStack } from "../support/rehearsed-stack";
import { median, table, verdict } from "./table";

/** Milliseconds of round trip: the same machine, another region of the same continent, another continent. */
const DISTANCES = [0, 20, 80];

/** How much longer than on files an `up` should take at most at the greatest distance. */
const AIM_RATIO = 1.5;

interface Measured {
  /** Of `pulumi up` into an empty stack. */
  readonly up: number;
  /** Of the embedding API's deployment when there is nothing to change. */
  readonly again: number;
}

interface Row extends Measured {
  readonly name: string;
  readonly delayMs: number;
  /** Requests of both. */
  readonly requests?: readonly [up: number, again: number];
}

async function measure(
  stack: string,
  engine: Engine,
  backend: StateBackend | undefined,
  between: () => void = () => undefined,
): Promise<Measured> {
  const dir = await mkdtemp(join(tmpdir(), "spacelift-bench-backend-"));
  const rehearsal = await RehearsedStack.open({ stack, dir, engine, ...(backend && { backend }) });
  try {
    // Makes the copy of the project and the stack, which is not what is measured.
    const workspace = await rehearsal.workspace();
    between();
    const { durationMs } = await rehearsal.up();
    between();
    const at = { stack, workspace };
    const { settings, secrets } = await readStackFile({ ...at, file: rehearsal.folders.configFile });
    const again = await deploySpacelift({ ...at, settings, secrets });
    if (changeCount(again) > 0) throw new Error(`the second run changed ${JSON.stringify(again.changes)}`);
    return { up: durationMs / 1000, again: again.durationMs / 1000 };
  } finally {
    await rehearsal.close();
    await rm(dir, { recursive: true, force: true });
  }
}

async function measureFarAway(
  scheme: string,
  { distance, open }: RemoteBackends,
  stack: string,
  engine: Engine,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const delayMs of DISTANCES) {
    const backend = await open(`${stack}-${delayMs}`);
    distance.delayMs = delayMs;
    const counts: number[] = [];
    const measured = await measure(stack, engine, backend, () => {
      counts.push(distance.requests.length);
    });
    const [before = 0, between = 0] = counts;
    const requests = [between - before, distance.requests.length - between] as const;
    rows.push({ name: scheme, delayMs, ...measured, requests });
    distance.delayMs = 0;
  }
  return rows;
}

/**
 * Measures what the distance of the state costs: a first `up` and a deployment without a change, with state in files, in S3
 * and in Azure Blob Storage at several round trips. The providers are simulated and take no time, so that what is seen is the
 * engine's own work and its waiting for the state.
 */
export async function benchBackend(engine: Engine): Promise<void> {
  for (const stack of ["onprem", "aks"]) {
    // Fills the caches of disk and loader.
    await measure(stack, engine, undefined);
    // Between the stores, so that a machine that is busy for a while does not decide about every ratio.
    const local = [await measure(stack, engine, undefined)];
    const rows: Row[] = [];
    for (const [scheme, start] of Object.entries(remoteBackends)) {
      const remote = await start();
      try {
        rows.push(...(await measureFarAway(scheme, remote, stack, engine)));
      } finally {
        await remote.stop();
      }
      local.push(await measure(stack, engine, undefined));
    }
    const files: Row = {
      name: "file",
      delayMs: 0,
      up: median(local.map(({ up }) => up)),
      again: median(local.map(({ again }) => again)),
    };
    console.log(`\nthe ${stack} stack with its state at a distance, providers without any time of their own`);
    console.log(
      table([
        ["", "round trip", "first up", "ratio", "requests", "no change", "ratio", "requests"],
        ...[files, ...rows].map(({ name, delayMs, up, again, requests }) => [
          name,
          name === "file" ? "" : `${delayMs} ms`,
          `${up.toFixed(1)} s`,
          (up / files.up).toFixed(2),
          String(requests?.[0] ?? ""),
          `${again.toFixed(1)} s`,
          (again / files.again).toFixed(2),
          String(requests?.[1] ?? ""),
        ]),
      ]),
    );
    for (const { name, delayMs, up } of rows.filter((row) => row.delayMs === Math.max(...DISTANCES))) {
      const ratio = up / files.up;
      console.log(
        `${name}: first up at ${delayMs} ms against files ${ratio.toFixed(2)}, aim <= ${AIM_RATIO}: ${verdict(ratio <= AIM_RATIO)}`,
      );
    }
  }
}
