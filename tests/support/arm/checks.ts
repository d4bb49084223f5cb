import assert from "node:assert/strict";
import { azureChecks } from "../../../preflight/azure";
import type { PreflightInput } from "../../../preflight/check";
import { type CheckResult, runChecks } from "../../../preflight/run";
import { redactor } from "../../../peers/redact";
import { parseConfig } from "../../../config/parse";
import { configuredAks } from "../azure-configurations";
import { raw, type TestConfig } from "../configurations";
import type { ArmServer } from "./server";
import type { ArmWorld } from "../../../rehearsal/twins/azure/api/subscription";

/** What a configuration makes the subject of the checks; fails the test when it has problems. */
export function subjectOf(config: TestConfig = configuredAks()): PreflightInput {
  const parsed = parseConfig(raw(config));
  assert.deepEqual(parsed.problems, []);
  assert.ok(parsed.settings);
  const { settings, aks, secrets } = parsed;
  return { settings, aks, secrets, files: { rootCas: [] }, directory: "/nowhere" };
}

/** Variables with which the application of a simulated Azure logs in. */
export const applicationEnv = (
  { tenantId, application }: ArmWorld,
  secret = "planted-client-secret",
): Readonly<Record<string, string>> => ({
  ARM_TENANT_ID: tenantId,
  ARM_CLIENT_ID: application.clientId,
  ARM_CLIENT_SECRET: secret,
});

/** Results of the checks of Azure, by id. */
export class Results {
  readonly all: readonly CheckResult[];

  constructor(all: readonly CheckResult[]) {
    this.all = all;
  }

  /** The one result of an id. */
  of(id: string): CheckResult {
    const found = this.all.filter((result) => result.id === id);
    assert.equal(found.length, 1, `results of ${id}: ${JSON.stringify(this.all.map((each) => each.id))}`);
    return found[0]!;
  }

  /** Asserts what came of an id, with what it says and, if it is bad, what mends it. */
  assert(id: string, status: CheckResult["status"], reason: RegExp, fix?: RegExp): void {
    const found = this.of(id);
    assert.equal(found.status, status, `${id}: ${found.reason}`);
    assert.match(found.reason, reason);
    if (fix) assert.match(found.fix ?? "", fix);
    else assert.equal(found.fix, undefined, found.fix);
  }

  /** Ids of the results of a status. */
  ids(status: CheckResult["status"]): readonly string[] {
    return this.all.filter((result) => result.status === status).map(({ id }) => id);
  }
}

/** Runs the checks of Azure, or those whose ids begin so, against a simulated one. */
export async function runAzureChecks(
  arm: ArmServer,
  {
    config,
    env = applicationEnv(arm.world()),
    only = "",
  }: {
    readonly config?: TestConfig;
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly only?: string;
  } = {},
): Promise<Results> {
  const checks = azureChecks({ endpoints: () => arm.endpoints(), ca: arm.ca });
  return new Results(
    await runChecks(
      checks.filter(({ id }) => id.startsWith(only)),
      { ...subjectOf(config), env, now: () => new Date(), redact: redactor([]) },
    ),
  );
}
