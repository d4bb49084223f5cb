import { type CheckResult, type ErrorCode, SpaceliftError } from "../../automation";
import { formatProblems } from "../../config/problems";
import { exitCodeOf } from "../exit-codes";
import { operationWords } from "./words";

const signs: Readonly<Record<CheckResult["status"], string>> = {
  passed: "✓",
  failed: "✗",
  warning: "!",
  skipped: "-",
};

/**
 * Words the results of checks: a line each, and what to do about it below those that are not as they must be. What was
 * not looked at is told by reason.
 */
export function checkLines(results: readonly CheckResult[]): readonly string[] {
  const skipped = new Map<string, string[]>();
  for (const { status, title, reason } of results) {
    if (status === "skipped") skipped.set(reason, [...(skipped.get(reason) ?? []), title]);
  }
  return [
    ...results.flatMap(({ status, title, reason, fix }) =>
      status === "skipped"
        ? []
        : [`  ${signs[status]} ${title}: ${reason}`, ...(fix === undefined ? [] : [`      fix: ${fix}`])],
    ),
    ...[...skipped].map(([reason, titles]) => `  ${signs.skipped} ${titles.join(", ")}: ${reason}`),
  ];
}

/** Words how many checks came to what. */
export function checkCounts(results: readonly CheckResult[]): string {
  const words = {
    passed: "passed",
    warning: "to be looked at",
    failed: "failed",
    skipped: "skipped",
  } as const;
  const statuses = Object.keys(words) as (keyof typeof words)[];
  const parts = statuses.flatMap((status) => {
    const count = results.filter((result) => result.status === status).length;
    return count === 0 ? [] : [`${count} ${words[status]}`];
  });
  return parts.length === 0 ? "no check applies" : parts.join(", ");
}

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
