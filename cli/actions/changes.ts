import {
  type DeploymentOptions,
  deploySpacelift,
  destroySpacelift,
  getOutputs,
  type Plan,
  refreshSpacelift,
  releaseStackLock,
  SpaceliftError,
  type StackOptions,
} from "../../automation";
import { describeLock } from "../../automation/stack-lock";
import type { Ask } from "../ask";
import { deploymentLines, destroyLines, keepingLines, planLines, refreshLines } from "../render/summary";
import { changeCount } from "../render/words";
import { run } from "../run";
import type { Session, StackFlags } from "../session";

export interface UpFlags extends StackFlags, LockFlags {
  readonly yes?: boolean;
  readonly skipPreflight?: boolean;
}

/** Installs Spacelift, or brings an installation to what the stack file says. */
export const up = (flags: UpFlags): Promise<void> =>
  run(flags, async (session) => {
    const ask = session.askUnless(flags.yes ?? false, "up");
    return carryOut(session, await session.deploymentOptions(), flags, { command: "up", ask });
  });

/** How a deployment is carried out for a command. */
interface Execution {
  readonly command: string;
  /** Asks whether the plan is to be carried out. @default - every plan is */
  readonly ask: Ask | undefined;
  /** Called once it is. */
  readonly onApproved?: () => Promise<void>;
}

/** Checks, plans, asks, deploys and tells what it came to. */
export async function carryOut(
  session: Session,
  options: DeploymentOptions,
  { skipPreflight = false, ...flags }: UpFlags,
  { command, ask, onApproved }: Execution,
): Promise<undefined> {
  const { reporter } = session;
  const isWanted = async (plan: Plan): Promise<boolean> => {
    if (ask === undefined || changeCount(plan.changes) === 0) return true;
    reporter.pause();
    reporter.say(...planLines(plan));
    return ask.confirm("Apply this plan?");
  };
  const approve = async (plan: Plan): Promise<boolean> => {
    const wanted = await isWanted(plan);
    if (wanted) await onApproved?.();
    return wanted;
  };
  const deployment = await despiteDeadLock(session, options, flags, () =>
    deploySpacelift(options, { ...session.runOptions, preflight: !skipPreflight, approve }),
  );
  reporter.result({ command, value: deployment, lines: deploymentLines(deployment) });
  return undefined;
}

export interface RefreshFlags extends StackFlags, LockFlags {}

/** Refreshes the state from what exists. */
export const refresh = (flags: RefreshFlags): Promise<void> =>
  run(flags, async (session) => {
    const options = await session.stackOptions();
    const refreshed = await despiteDeadLock(session, options, flags, () =>
      refreshSpacelift(options, session.runOptions),
    );
    session.reporter.result({ command: "refresh", value: refreshed, lines: refreshLines(refreshed) });
    return undefined;
  });

export interface DestroyFlags extends StackFlags, LockFlags {
  readonly yes?: boolean;
}

/** Takes an installation away and keeps what is protected. */
export const destroy = (flags: DestroyFlags): Promise<void> =>
  run(flags, async (session) => {
    const ask = session.askUnless(flags.yes ?? false, "destroy");
    const options = await session.stackOptions();
    if (ask) await confirmDestroy(session, options, ask);
    const destroyed = await despiteDeadLock(session, options, flags, () =>
      destroySpacelift(options, session.runOptions),
    );
    session.reporter.result({ command: "destroy", value: destroyed, lines: destroyLines(destroyed) });
    return undefined;
  });

async function confirmDestroy(session: Session, options: StackOptions, ask: Ask): Promise<void> {
  const { reporter } = session;
  const known = await getOutputs(options, session.runOptions).catch((error: unknown) => {
    // What is half installed or half destroyed has no outputs, and can be destroyed all the same.
    if (error instanceof SpaceliftError && error.code === "SPACELIFT_NOT_DEPLOYED") return undefined;
    throw error;
  });
  reporter.pause();
  reporter.say(
    `The stack "${options.stack}" is going to be destroyed: Spacelift stops, and all that is not protected is deleted.`,
    ...keepingLines(known?.outputs ?? {}),
    "",
  );
  await ask.text(`Type the stack's name, ${options.stack}, to destroy it`, {
    validate: (answer) =>
      answer === options.stack ? undefined : `that is not "${options.stack}"; Ctrl-C leaves`,
  });
}

/**
 * Does some work on a stack; when a run that was killed left its lock behind, releases it and does the work again. A person is
 * asked before. Where nobody is, only `--release-lock` agrees: `--yes` is about the plan.
 *
 * Locks whose process still runs, or ran on another machine, are never released.
 */
async function despiteDeadLock<T>(
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
interface LockFlags {
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
