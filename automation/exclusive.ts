import { SpaceliftError } from "./errors";
import type { StackOptions } from "./options";

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
