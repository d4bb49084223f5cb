import { type CheckedConfiguration, toSecretOutputs, withFiles } from "../config/load";
import { parseSettings } from "../config/parse";
import { ConfigError, type Problem } from "../config/problems";
import { stepProblems } from "../config/rules/upgrade";
import { isSecretName } from "../config/secrets";
import type { StackState } from "../engine/protocol";
import type { PreflightInput } from "../preflight/check";
import { deploy, type SpaceliftOutputs } from "../program";
import { SpaceliftError } from "./errors";
import type { DeploymentOptions, WorkspaceOptions } from "./options";
import { releaseIn } from "./outputs";
import { engineEnvironment } from "./workspace/engine-command";

/**
 * Checks settings, secrets and the files they name.
 *
 * @throws SpaceliftError `SPACELIFT_CONFIG_INVALID` with every problem
 */
export async function checkConfiguration(options: DeploymentOptions): Promise<PreflightInput> {
  const directory = options.workspace.directory ?? process.cwd();
  const searchPath = options.workspace.env?.["PATH"];
  const locations = { projectDirectory: directory, ...(searchPath !== undefined && { searchPath }) };
  try {
    const parsed = parseSettings(options.settings, options.secrets ?? {});
    return { ...(await withFiles(parsed, locations)), directory };
  } catch (error) {
    throw error instanceof ConfigError ? invalidConfiguration(error.problems) : error;
  }
}

/**
 * Makes sure that the release of the settings can follow the one that is deployed.
 *
 * @throws SpaceliftError `SPACELIFT_CONFIG_INVALID`
 */
export function assertStep({ settings }: Pick<CheckedConfiguration, "settings">, state: StackState): void {
  const problems = stepProblems(releaseIn(state), settings);
  if (problems.length > 0) throw invalidConfiguration(problems);
}

/** The error of a configuration that cannot be used. */
export function invalidConfiguration(problems: readonly Problem[]): SpaceliftError {
  const lines = problems.map(({ key, problem }) => `  ${section(key)}.${key}: ${problem}`).sort();
  const title = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return new SpaceliftError(
    "SPACELIFT_CONFIG_INVALID",
    [`${title} in the configuration; nothing was changed:`, ...lines].join("\n"),
    {
      fix: "correct what `problems` lists; each has a `fix`",
      problems,
    },
  );
}

const section = (key: string): string => (isSecretName(key) ? "secrets" : "settings");

/** The program of a checked configuration, to run in this process. */
export function inlineProgram(
  configuration: CheckedConfiguration,
  workspace: WorkspaceOptions,
): () => Promise<SpaceliftOutputs> {
  return async () => deploy({ ...toSecretOutputs(configuration), env: engineEnvironment(workspace) });
}
