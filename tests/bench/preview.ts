import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "../../engine";
import { RehearsedStack } from "../support/rehearsed-stack";
import { MemoryWatch, type PeakMemory } from "./memory";
import { median, table, verdict } from "./table";

/** Aims of the program: its preview against one that only registers as many resources, and its memory. */
const AIM_RATIO = 1.3;
const AIM_PROGRAM_MB: Readonly<Record<string, number>> = { onprem: 210, aks: 245 };

interface Run extends PeakMemory {
  readonly seconds: number;
  readonly resources: number;
}

/** Runs one preview of a stack that holds nothing yet. */
async function measure(rehearsal: RehearsedStack): Promise<Run> {
  let watch: MemoryWatch | undefined;
  const summary = await rehearsal.preview({
    onStart: (pid) => {
      watch = new MemoryWatch(pid);
    },
  });
  const peak = watch?.stop() ?? { program: undefined, engine: undefined };
  const resources = Object.values(summary.changes).reduce((sum, count) => sum + count, 0);
  return { ...peak, resources, seconds: summary.durationMs / 1000 };
}

function row(
  name: string,
  runs: readonly Run[],
): { readonly cells: string[]; readonly seconds: number; readonly program: number } {
  const seconds = median(runs.map((run) => run.seconds));
  const program = median(runs.map((run) => run.program));
  const engine = median(runs.map((run) => run.engine));
  const spread = `${Math.min(...runs.map((run) => run.seconds)).toFixed(2)}-${Math.max(...runs.map((run) => run.seconds)).toFixed(2)}`;
  const resources = String(runs[0]?.resources ?? 0);
  return {
    cells: [
      name,
      resources,
      `${seconds.toFixed(2)} s`,
      spread,
      `${program.toFixed(0)} MB`,
      `${engine.toFixed(0)} MB`,
    ],
    seconds,
    program,
  };
}

/** Measures the preview of a stack against that of a program which does nothing, in turns, and prints both. */
export async function benchPreview(stack: string, times: number, engine: Engine): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "spacelift-bench-"));
  const program = await RehearsedStack.open({ stack, dir: join(dir, "program"), engine });
  // The first run makes the stack and fills the caches of disk and loader; it also says how many resources to compare with.
  const { resources } = await measure(program);
  const baseline = await RehearsedStack.open({
    stack: "baseline",
    dir: join(dir, "baseline"),
    engine,
    projectFolder: join(__dirname, "baseline"),
    configText: "config: {}",
    // The stack itself counts too.
    config: { resources: resources - 1 },
  });
  try {
    await measure(baseline);
    const runs: { readonly program: Run[]; readonly baseline: Run[] } = { program: [], baseline: [] };
    for (let time = 0; time < times; time++) {
      runs.program.push(await measure(program));
      runs.baseline.push(await measure(baseline));
    }
    const real = row("program", runs.program);
    const bare = row("baseline", runs.baseline);
    console.log(
      `\npulumi preview of the ${stack} stack, caches filled, median of ${times} runs, taken in turns`,
    );
    console.log(table([["", "resources", "time", "spread", "program", "engine"], real.cells, bare.cells]));
    const ratio = real.seconds / bare.seconds;
    console.log(`time ratio ${ratio.toFixed(2)}, aim <= ${AIM_RATIO}: ${verdict(ratio <= AIM_RATIO)}`);
    const mostMb = AIM_PROGRAM_MB[stack] ?? Number.NaN;
    console.log(
      `program memory ${real.program.toFixed(0)} MB, aim <= ${mostMb} MB: ${verdict(real.program <= mostMb)}`,
    );
  } finally {
    await program.close();
    await baseline.close();
    await rm(dir, { recursive: true, force: true });
  }
}
