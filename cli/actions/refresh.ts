import { refreshSpacelift } from "../../automation";
import { despiteDeadLock, type LockFlags } from "../lock";
import { refreshLines } from "../render/summary";
import { run } from "../run";
import type { Session, StackFlags } from "../session";

export interface RefreshFlags extends StackFlags, LockFlags {}

/** Refreshes the state from what exists. */
export const refresh = (flags: RefreshFlags): Promise<void> => run(flags, (session) => act(session, flags));

async function act(session: Session, flags: RefreshFlags): Promise<undefined> {
  const options = await session.stackOptions();
  const refreshed = await despiteDeadLock(session, options, flags, () =>
    refreshSpacelift(options, session.runOptions),
  );
  session.reporter.result({ command: "refresh", value: refreshed, lines: refreshLines(refreshed) });
  return undefined;
}
