import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { parse } from "semver";
import { runCommand } from "./command";
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

/** Tells whether a file exists and may be executed. */
export async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Tells whether a folder has both commands of an engine in its `bin`. */
export async function hasEngineCommands(root: string): Promise<boolean> {
  const found = await Promise.all(ENGINE_COMMANDS.map(({ name }) => isExecutable(join(root, "bin", name))));
  return found.every(Boolean);
}

/** Finds a command on a search path as a shell would; undefined when no folder has it. */
export async function findOnPath(name: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(delimiter)) {
    const file = join(folder, name);
    if (folder !== "" && (await isExecutable(file))) return file;
  }
  return undefined;
}
