import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import type { Check, CheckContext } from "../../../preflight/check";
import { type CheckResult, runChecks } from "../../../preflight/run";
import { parseConfig } from "../../../config/parse";
import { type TestConfig, raw, samples } from "../configurations";

/** What a look found, by id without what comes before the first dot. */
export interface Looked {
  readonly results: readonly CheckResult[];
  /** The finding of an id; fails when there is none. */
  readonly finding: (id: string) => CheckResult;
  /** `id status`, in order. */
  readonly summary: readonly string[];
}

/** Changes to what a check is given. */
export type Surroundings = Partial<Omit<CheckContext, "settings" | "aks" | "secrets" | "signal">>;

/** What a check is given for a configuration, without its time limit. */
export function subjectOf(config: TestConfig, surroundings: Surroundings = {}): Omit<CheckContext, "signal"> {
  const parsed = parseConfig(raw(config));
  assert.ok(parsed.settings, JSON.stringify(parsed.problems));
  const { settings, aks, secrets } = parsed;
  return {
    settings,
    aks,
    secrets,
    files: { rootCas: [] },
    directory: tmpdir(),
    env: {},
    now: () => new Date(),
    ...surroundings,
  };
}

/**
 * Runs checks on a configuration as the product does, but without the mask: no secret may be in what they say in the first
 * place.
 */
export async function look(
  check: Check | readonly Check[],
  config: TestConfig,
  surroundings: Surroundings = {},
): Promise<Looked> {
  const subject = subjectOf(config, surroundings);
  const results = await runChecks([check].flat(), { ...subject, redact: (text) => text });
  const told = JSON.stringify(results);
  const secrets = [...Object.values(config.secrets), "planted", samples.licenseToken];
  for (const secret of secrets) assert.ok(!told.includes(secret), `a secret is in ${told}`);
  return {
    results,
    finding: (id) => {
      const found = results.find((result) => result.id === id);
      assert.ok(found, `no ${id} among ${results.map((result) => result.id).join(", ")}`);
      return found;
    },
    summary: results.map(({ id, status }) => `${id} ${status}`),
  };
}

/** Asserts that a finding is bad, for a reason, with a fix. */
export function assertBad(
  found: CheckResult,
  status: "failed" | "warning",
  reason: RegExp,
  fix: RegExp = /./,
): void {
  assert.equal(found.status, status, found.reason);
  assert.match(found.reason, reason);
  assert.match(found.fix, fix);
}
