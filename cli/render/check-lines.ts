import type { CheckResult } from "../../automation";

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
