import { refreshSpacelift } from "../../automation";
import { refreshLines } from "../render/summary";
import { run } from "../run";
import type { Session, StackFlags } from "../session";

/** Brings the state in line with what there is. */
export const refresh = (flags: StackFlags): Promise<void> => run(flags, act);

async function act(session: Session): Promise<undefined> {
  const refreshed = await refreshSpacelift(await session.stackOptions(), session.runOptions);
  session.reporter.result({ command: "refresh", value: refreshed, lines: refreshLines(refreshed) });
  return undefined;
}
