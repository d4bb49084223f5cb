import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const VARIABLE = "SPACELIFT_TEST_RUN_FOLDER";

/** A folder for what the suites of a run share, those in other processes included. It goes with the run. */
export function runFolder(): string {
  const folder = process.env[VARIABLE];
  if (folder === undefined) throw new Error("no test run has begun");
  return folder;
}

/** Makes the folder, before any process that runs suites is started. */
export async function makeRunFolder(): Promise<void> {
  process.env[VARIABLE] = await mkdtemp(join(tmpdir(), "spacelift-test-run-"));
}

/** Removes the folder. */
export async function removeRunFolder(): Promise<void> {
  await rm(runFolder(), { recursive: true, force: true });
}
