import { join } from "node:path";
import { parse } from "semver";
import { isExecutable, runCommand } from "../peers/run-command";
import { ENGINE_COMMANDS } from "./versions";

const ANSWER_MS = 60_000;

/**
 * Asks a `pulumi` command for its version.
 * Returns it without a leading `v`, or undefined when the command does not answer with one.
 */
export async function versionOf(pulumi: string): Promise<string | undefined> {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { code, stdout } = await runCommand(pulumi, ["version"], { env, timeoutMs: ANSWER_MS });
  return code === 0 ? parse(stdout.trim())?.version : undefined;
}

/** Tells whether a folder has both commands of an engine in its `bin`. */
export async function hasEngineCommands(root: string): Promise<boolean> {
  const found = await Promise.all(ENGINE_COMMANDS.map(({ name }) => isExecutable(join(root, "bin", name))));
  return found.every(Boolean);
}
