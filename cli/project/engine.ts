import { findOnPath } from "../../peers/run-command";
import { ensureEngine, EngineUnavailableError } from "../../engine";
import { SpaceliftError } from "../../automation";

/** The engine a command runs. */
export interface ChosenEngine {
  /** Path of the engine's command. */
  readonly command: string;
  /** Folder with `bin/pulumi`; undefined for the one on PATH, which the library finds by itself. */
  readonly root?: string;
}

/**
 * Gives the `pulumi` of PATH; on a machine without one, an engine that was obtained before, the official download or a
 * build.
 *
 * @param tell receives a line for people when one has to be obtained
 * @throws SpaceliftError `SPACELIFT_ENGINE_MISSING`
 */
export async function chooseEngine(
  env: NodeJS.ProcessEnv,
  tell: (line: string) => void,
): Promise<ChosenEngine> {
  const command = await findOnPath("pulumi", env["PATH"] ?? "");
  if (command !== undefined) return { command };
  try {
    const { root } = await ensureEngine({ onProgress: tell });
    return { command: `${root}/bin/pulumi`, root };
  } catch (error) {
    if (!(error instanceof EngineUnavailableError)) throw error;
    throw new SpaceliftError("SPACELIFT_ENGINE_MISSING", error.message, {
      fix: "install the Pulumi CLI: https://www.pulumi.com/docs/install/",
      cause: error,
    });
  }
}
