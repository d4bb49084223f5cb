import { SpaceliftError } from "./errors";
import type { RunOptions, StackOptions } from "./options";
import { Run } from "./run";

const running = new Set<string>();

/**
 * Lets one run at a time change a stack in this process. The backend has a lock of its own, for other processes; this
 * one refuses before the engine is started.
 *
 * @throws SpaceliftError `SPACELIFT_STACK_LOCKED`
 */
export async function exclusively<T>({ stack, workspace }: StackOptions, work: () => Promise<T>): Promise<T> {
  const key = `${workspace.backend} ${stack}`;
  if (running.has(key)) {
    throw new SpaceliftError(
      "SPACELIFT_STACK_LOCKED",
      `another run in this process is changing the stack "${stack}"`,
      {
        fix: "wait until it has ended, or cancel it through its signal",
      },
    );
  }
  running.add(key);
  try {
    return await work();
  } finally {
    running.delete(key);
  }
}

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
