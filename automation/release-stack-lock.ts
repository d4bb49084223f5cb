import { exclusively } from "./exclusive";
import type { RunOptions, StackOptions } from "./options";
import { Run } from "./run";

/**
 * Releases the locks of a stack: `pulumi cancel` as a function. Only for locks whose process is gone, or that you know
 * to be dead: two runs at once damage the state.
 *
 * @throws SpaceliftError with one of the {@link errorCodes}
 */
export async function releaseStackLock(options: StackOptions, runOptions: RunOptions = {}): Promise<void> {
  const run = new Run(options, runOptions);
  await exclusively(options, () =>
    run.withStack({ create: false }, ({ stack }) =>
      run.call("SPACELIFT_ENGINE_FAILED", () => stack.cancel()),
    ),
  );
}
