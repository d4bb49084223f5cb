import { preflight } from "../../automation";
import { CHECK_FAILED, type ExitCode } from "../exit-codes";
import { checkCounts, checkLines } from "../render/check-lines";
import { run } from "../run";
import type { Session, StackFlags } from "../session";

/** Looks whether a deployment can work. */
export const doctor = (flags: StackFlags): Promise<void> => run(flags, act, { tellsChecks: false });

async function act(session: Session): Promise<ExitCode> {
  const options = await session.deploymentOptions();
  const report = await preflight(options, session.runOptions);
  session.reporter.result({
    command: "doctor",
    value: { stack: options.stack, ...report },
    lines: [...checkLines(report.results), "", checkCounts(report.results)],
  });
  return report.ok ? 0 : CHECK_FAILED;
}
