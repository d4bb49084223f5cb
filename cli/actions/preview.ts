import { previewSpacelift } from "../../automation";
import { planLines } from "../render/summary";
import { run } from "../run";
import type { Session, StackFlags } from "../session";

/** Says what `up` would do. */
export const preview = (flags: StackFlags): Promise<void> => run(flags, act);

async function act(session: Session): Promise<undefined> {
  const options = await session.deploymentOptions();
  const plan = await previewSpacelift(options, session.runOptions);
  session.reporter.result({
    command: "preview",
    value: { stack: options.stack, ...plan },
    lines: planLines(plan),
  });
  return undefined;
}
