import { getStatus } from "../../automation/get-status";
import { type ExitCode, NOT_HEALTHY } from "../exit-codes";
import { statusLines } from "../render/status-lines";
import { run } from "../run";
import type { Session, StackFlags } from "../session";

export interface StatusFlags extends StackFlags {
  readonly drift: boolean;
}

/** Tells how an installation is. */
export const status = (flags: StatusFlags): Promise<void> => run(flags, (session) => act(session, flags));

async function act(session: Session, { drift }: StatusFlags): Promise<ExitCode> {
  const options = await session.deploymentOptions();
  const report = await getStatus(options, { ...session.runOptions, drift });
  session.reporter.result({
    command: "status",
    value: { stack: options.stack, ...report },
    lines: statusLines(report),
  });
  return report.verdict === "healthy" ? 0 : NOT_HEALTHY;
}
