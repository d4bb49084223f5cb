import type { Redact } from "../peers/redact";
import { TimeLimitError, within } from "../peers/time";
import { type Check, type CheckContext, type Finding, finding } from "./check";

const DEFAULT_TIMEOUT_MS = 15_000;

/** A finding and how long its check took. */
export type CheckResult = Finding & { readonly durationMs: number };

export interface RunChecksOptions extends Omit<CheckContext, "signal"> {
  /** Gives up early. */
  readonly signal?: AbortSignal | undefined;
  /** Masks secrets in what a check says. */
  readonly redact: Redact;
  readonly onResult?: (result: CheckResult) => void;
}

/**
 * Runs checks side by side, each with a limit of time.
 *
 * @returns every result, in the order of the checks
 */
export async function runChecks(
  checks: readonly Check[],
  options: RunChecksOptions,
): Promise<readonly CheckResult[]> {
  const { redact, onResult } = options;
  const results = await Promise.all(
    checks.map(async (check) => {
      const started = performance.now();
      const findings = await findingsOf(check, options);
      const durationMs = Math.round(performance.now() - started);
      return findings.map((found) => {
        const masked =
          found.fix === undefined
            ? { ...found, reason: redact(found.reason) }
            : { ...found, reason: redact(found.reason), fix: redact(found.fix) };
        const result = { ...masked, durationMs };
        onResult?.(result);
        return result;
      });
    }),
  );
  return results.flat();
}

async function findingsOf(check: Check, options: RunChecksOptions): Promise<readonly Finding[]> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, id, title } = check;
  const { signal } = options;
  try {
    const needless = check.skip?.(options);
    if (needless !== undefined) return [finding(id, title).skipped(needless)];
    return await within({ timeoutMs, signal }, (limited) => check.run({ ...options, signal: limited }));
  } catch (error) {
    signal?.throwIfAborted();
    const reason =
      error instanceof TimeLimitError
        ? error.message
        : `the check itself failed: ${error instanceof Error ? error.message : String(error)}`;
    const fix = "see that the address is right and reachable from here, then try again";
    return [finding(id, title).failed(reason, fix)];
  }
}
