import { deploySpacelift, type Plan } from "../../automation";
import { despiteDeadLock, type LockFlags } from "../lock";
import { deploymentLines, planLines } from "../render/summary";
import { changeCount } from "../render/words";
import { run } from "../run";
import type { Session, StackFlags } from "../session";

export interface UpFlags extends StackFlags, LockFlags {
  readonly yes?: boolean;
  readonly skipPreflight?: boolean;
}

/** Installs Spacelift, or brings an installation to what the stack file says. */
export const up = (flags: UpFlags): Promise<void> => run(flags, (session) => act(session, flags));

async function act(session: Session, flags: UpFlags): Promise<undefined> {
  const { yes = false, skipPreflight = false } = flags;
  const ask = session.askUnless(yes, "up");
  const { reporter } = session;
  const approve = async (plan: Plan): Promise<boolean> => {
    if (ask === undefined || changeCount(plan.changes) === 0) return true;
    reporter.pause();
    reporter.say(...planLines(plan));
    return ask.confirm("Apply this plan?");
  };
  const options = await session.deploymentOptions();
  const deployment = await despiteDeadLock(session, options, flags, () =>
    deploySpacelift(options, { ...session.runOptions, preflight: !skipPreflight, approve }),
  );
  reporter.result({ command: "up", value: deployment, lines: deploymentLines(deployment) });
  return undefined;
}
