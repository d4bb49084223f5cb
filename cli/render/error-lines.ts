import { type ErrorCode, SpaceliftError } from "../../automation";
import { formatProblems } from "../../config/problems";
import { exitCodeOf } from "../exit-codes";
import { checkLines } from "./check-lines";
import { operationWords } from "./words";

/** What to do at a command line, where the library speaks of options of its functions. */
const fixes: Readonly<Partial<Record<ErrorCode, string>>> = {
  SPACELIFT_CONFIG_INVALID: "run or do what is named above, then try again",
  SPACELIFT_ENGINE_MISSING: "install the Pulumi CLI: https://www.pulumi.com/docs/install/",
  SPACELIFT_PREFLIGHT_FAILED:
    "do what is named above, then try again; `--skip-preflight` goes on without the checks",
};

/** What to do about an error that no code describes. */
export const BUG_FIX = "this is a bug of this program: report it with the lines above";

/** What is to be done about an error at a command line. */
export const fixOf = ({ code, fix, problems }: SpaceliftError): string =>
  code === "SPACELIFT_CONFIG_INVALID" && problems.length === 0 ? fix : (fixes[code] ?? fix);

/** Words an error: what is wrong, each problem and failed resource, what to do, and the code. */
export function errorLines(error: unknown): readonly string[] {
  if (!(error instanceof SpaceliftError)) {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return [`internal error: ${trace}`, `fix: ${BUG_FIX}`];
  }
  const { code, message, problems, failures, checks } = error;
  const what = problems.length > 0 ? formatProblems(problems) : message;
  const failed = checks.filter(({ status }) => status === "failed");
  const title = failed.length > 0 ? (message.split("\n")[0] ?? message) : what;
  return [
    `error: ${title}`,
    ...checkLines(failed),
    ...failures.flatMap(({ operation, type, name, reason }) => [
      `  ${operationWords(operation).now} ${name} (${type}) failed:`,
      ...reason.split("\n").map((line) => `      ${line}`),
    ]),
    `fix: ${fixOf(error)}`,
    `code: ${code} (exit code ${exitCodeOf[code]})`,
  ];
}
