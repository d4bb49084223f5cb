import { releaseStackLock, SpaceliftError, type StackOptions } from "../automation";
import { describeLock } from "../automation/stack-lock";
import type { Session } from "./session";

/**
 * Does some work on a stack; when a run that was killed left its lock behind, releases it and does the work again. A person is
 * asked before. Where nobody is, only `--release-lock` agrees: `--yes` is about the plan.
 *
 * Locks whose process still runs, or ran on another machine, are never released.
 */
export async function despiteDeadLock<T>(
  session: Session,
  options: StackOptions,
  { releaseLock = false }: LockFlags,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isDeadLock(error)) throw error;
    const { reporter, ask } = session;
    if (!releaseLock) {
      if (!ask) throw withFlag(error);
      reporter.pause();
      reporter.say(`The stack "${options.stack}" is locked by ${error.locks.map(describeLock).join(", ")}.`);
      if (!(await ask.confirm("Release the lock and go on?"))) throw error;
    }
    await releaseStackLock(options, session.runOptions);
    reporter.say("the lock is released");
    return work();
  }
}

/** The option of commands that change a stack. */
export interface LockFlags {
  readonly releaseLock?: boolean;
}

const isDeadLock = (error: unknown): error is SpaceliftError =>
  error instanceof SpaceliftError &&
  error.code === "SPACELIFT_STACK_LOCKED" &&
  error.locks.length > 0 &&
  error.locks.every(({ holder }) => holder === "gone");

const withFlag = ({ message, locks, cause }: SpaceliftError): SpaceliftError =>
  new SpaceliftError("SPACELIFT_STACK_LOCKED", message, {
    fix: "give `--release-lock`, or run it at a terminal",
    locks,
    cause,
  });
