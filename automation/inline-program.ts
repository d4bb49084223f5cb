import { type CheckedConfiguration, toSecretOutputs } from "../config/load";
import { install, type SpaceliftOutputs } from "../program";
import type { WorkspaceOptions } from "./options";
import { engineEnvironment } from "./workspace/engine-command";

/** The program of a checked configuration, to run in this process. */
export function inlineProgram(
  configuration: CheckedConfiguration,
  workspace: WorkspaceOptions,
): () => Promise<SpaceliftOutputs> {
  // eslint-disable-next-line @typescript-eslint/require-await -- the SDK takes nothing but asynchronous programs
  return async () => install({ ...toSecretOutputs(configuration), env: engineEnvironment(workspace) });
}
