import { sealConfiguration } from "../config/load";
import { install, type SpaceliftOutputs } from "../program";
import type { Subject } from "./preflight/check";

/** The program of a checked configuration, to run in this process. */
export function inlineProgram(subject: Subject): () => Promise<SpaceliftOutputs> {
  // eslint-disable-next-line @typescript-eslint/require-await -- the SDK takes nothing but asynchronous programs
  return async () => install(sealConfiguration(subject));
}
