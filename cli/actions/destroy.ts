import { destroySpacelift, getOutputs, SpaceliftError, type StackOptions } from "../../automation";
import type { Ask } from "../ask";
import { despiteDeadLock, type LockFlags } from "../lock";
import { destroyLines, keepingLines } from "../render/summary";
import { run } from "../run";
import type { Session, StackFlags } from "../session";

export interface DestroyFlags extends StackFlags, LockFlags {
  readonly yes?: boolean;
}

/** Takes an installation away and keeps what is protected. */
export const destroy = (flags: DestroyFlags): Promise<void> => run(flags, (session) => act(session, flags));

async function act(session: Session, flags: DestroyFlags): Promise<undefined> {
  const ask = session.askUnless(flags.yes ?? false, "destroy");
  const options = await session.stackOptions();
  if (ask) await confirmDestroy(session, options, ask);
  const destroyed = await despiteDeadLock(session, options, flags, () =>
    destroySpacelift(options, session.runOptions),
  );
  session.reporter.result({ command: "destroy", value: destroyed, lines: destroyLines(destroyed) });
  return undefined;
}

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
