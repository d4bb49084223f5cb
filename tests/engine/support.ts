import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, ensureEngine } from "../../engine";
import { RehearsedStack, type RehearsedStackOptions, type Summary } from "../support/rehearsed-stack";

/** Time for one operation of the engine on a busy machine. */
export const operationTimeout = 900_000;

/** Time to obtain the engine when it has to be built. */
export const engineTimeout = 1_800_000;

let engine: Promise<Engine> | undefined;

/** The engine, obtained once for all suites. */
export async function sharedEngine(): Promise<Engine> {
  engine ??= ensureEngine({
    onProgress: (line) => {
      process.stderr.write(`    ${line}\n`);
    },
  });
  return engine;
}

type SuiteOptions = Omit<RehearsedStackOptions, "dir" | "engine">;

/**
 * Opens a rehearsal for a suite in a folder of its own; both go with the suite.
 *
 * @param options a function where they are known only when the suite begins
 */
export function rehearsalOf(options: SuiteOptions | (() => SuiteOptions)): () => RehearsedStack {
  let dir = "";
  let rehearsal: RehearsedStack | undefined;
  before(async function () {
    this.timeout(engineTimeout);
    dir = await mkdtemp(join(tmpdir(), "spacelift-rehearsal-"));
    const chosen = typeof options === "function" ? options() : options;
    rehearsal = await RehearsedStack.open({ ...chosen, dir, engine: await sharedEngine() });
  });
  after(async () => {
    await rehearsal?.close();
    await rm(dir, { recursive: true, force: true });
  });
  return () => {
    if (!rehearsal) throw new Error("the rehearsal is not open yet");
    return rehearsal;
  };
}

/** Logical names of the resources that met a fate, sorted. */
export function names(summary: Summary, ...ops: readonly string[]): string[] {
  return summary.steps
    .filter((step) => ops.includes(step.op))
    .map((step) => step.name)
    .sort();
}

/** The position in which a resource was finished. */
export function position(summary: Summary, name: string): number {
  const index = summary.steps.findIndex((step) => step.name === name);
  if (index < 0) throw new Error(`${name} is not among ${summary.steps.map((step) => step.name).join(", ")}`);
  return index;
}

/** Makes the tests of a suite steps of one story: after one that failed, the others are skipped. */
export function inOrder(): void {
  let failed = false;
  beforeEach(function () {
    if (failed) this.skip();
  });
  afterEach(function () {
    failed ||= this.currentTest?.state === "failed";
  });
}
