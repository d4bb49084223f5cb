import type { RunOptions, StackOptions } from "./options";
import { sortOutputs, type StackOutputs } from "./outputs";
import { Run } from "./run";

/**
 * Reads the outputs of a stack.
 *
 * @throws SpaceliftError with one of the {@link errorCodes}
 */
export async function getOutputs(options: StackOptions, runOptions: RunOptions = {}): Promise<StackOutputs> {
  const run = new Run(options, runOptions);
  return run.withStack({ create: false }, async (open) =>
    sortOutputs(options.stack, await run.outputs(open)),
  );
}
