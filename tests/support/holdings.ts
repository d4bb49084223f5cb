import { readdirSync, readlinkSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { processesBelow, readProcess } from "./processes";
import { surplus } from "./surplus";

/** What a process holds of the system, each kind as sorted texts; descriptors and children are empty off Linux. */
export interface Holdings {
  /** Open descriptors, by what they lead to: `socket`, `pipe`, the path of a file. */
  readonly descriptors: readonly string[];
  /** Command lines of the processes it has started, and they in turn. */
  readonly children: readonly string[];
  /** Listeners on `process`, by event, one text for each. */
  readonly listeners: readonly string[];
  /** What keeps the event loop alive, by the runtime's names: `TCPServerWrap`, `Timeout`. */
  readonly resources: readonly string[];
  /** Entries of the system's folder for temporary files. */
  readonly temporary: readonly string[];
}

/** Lists what this process holds at the moment. */
export function holdings(): Holdings {
  return {
    descriptors: descriptors().sort(),
    children: processesBelow(process.pid).map(commandLine).sort(),
    listeners: process
      .eventNames()
      .flatMap((event) => Array<string>(process.listenerCount(event)).fill(String(event)))
      .sort(),
    resources: process.getActiveResourcesInfo().sort(),
    temporary: readdirSync(tmpdir()).sort(),
  };
}

setFlagsFromString("--expose-gc");
/** Collects what is garbage in this process. */
export const collectGarbage = runInNewContext("gc") as () => void;

/** Lets this process and those it starts have a folder for temporary files of their own, which goes when the work is done. */
export async function withTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "spacelift-test-"));
  const usual = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  try {
    return await work(folder);
  } finally {
    if (usual === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = usual;
    await rm(folder, { recursive: true, force: true });
  }
}

const END_MS = 30_000;

/**
 * What is held and was not before, each as `<kind>: <what>`, once that is nothing or has had half a minute to go: a folder that
 * is being removed, and what goes with the garbage.
 */
export async function leftSince(before: Holdings): Promise<readonly string[]> {
  const end = performance.now() + END_MS;
  for (;;) {
    collectGarbage();
    const left = heldSince(before, holdings());
    if (left.length === 0 || performance.now() > end) return left;
    await sleep(50);
  }
}

function heldSince(before: Holdings, now: Holdings): readonly string[] {
  const kinds = Object.keys(before) as (keyof Holdings)[];
  return kinds.flatMap((kind) => surplus(before[kind], now[kind]).map((what) => `${kind}: ${what}`));
}

function descriptors(): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc/self/fd").flatMap((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).replace(/^(socket|pipe|anon_inode):.*/, "$1");
    } catch {
      // The one by which the folder was read.
      return [];
    }
  });
}

const commandLine = (pid: number): string =>
  (readProcess(pid, "cmdline") ?? "").replaceAll("\0", " ").trim() || `process ${pid}`;
