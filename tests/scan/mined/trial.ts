import assert from "node:assert/strict";
import type { ArmWorld, JsonObject } from "../../../rehearsal/twins/azure/api/subscription";
import { addGivenResources, addResource, goodResources } from "../../support/arm/given-resources";
import { runAzureChecks } from "../../support/arm/checks";
import type { ArmServer } from "../../support/arm/server";
import { configuredAks } from "../../support/azure-configurations";
import { raw, type TestConfig } from "../../support/configurations";
import { parseConfig } from "../../../config/parse";
import type { CheckResult } from "../../../preflight/run";
import { problemsOf } from "../../support/wrong-configurations";
import type { ArmTemplate } from "../arm-template";
import type { Judge } from "../judge";

type Settings = Readonly<Record<string, unknown>>;

/** A configuration that breaks a rule, and what of it is refused: `aks.database.sku`. */
export interface Configured {
  readonly settings: Settings;
  /** Key that the problem names. */
  readonly key: string;
  readonly problem: RegExp;
}

/** Something that is brought along and breaks a rule, and what `spacelift doctor` says of it. */
export interface Brought {
  /** A configuration with nothing wrong in it. */
  readonly settings: Settings;
  /** Id of what is brought, and its properties that break the rule. */
  readonly id: string;
  readonly properties?: JsonObject;
  /** The same beside its properties: its region, its SKU. */
  readonly top?: JsonObject;
  /** Part of the check `azure.given`. */
  readonly part: string;
  readonly reason: RegExp;
}

/** How it is tried that a rule is held. */
export type Trial =
  | { readonly held: "configuration"; readonly wrong: readonly Configured[] }
  | { readonly held: "preflight"; readonly brought: readonly Brought[] }
  | { readonly held: "construction"; readonly judge: Judge }
  /** Not held, and the page says why. */
  | { readonly held: "no"; readonly judge: Judge }
  | { readonly held: "Azure" };

/** Fails unless a rule is held as its trial says. */
export async function attempt(
  trial: Trial,
  { arm, template }: { readonly arm: ArmServer; readonly template: () => Promise<ArmTemplate> },
): Promise<void> {
  switch (trial.held) {
    case "configuration":
      trial.wrong.forEach(refused);
      return;
    case "preflight":
      for (const each of trial.brought) await found(each, arm);
      return;
    case "construction":
      assert.ok(trial.judge(await template()), "the template breaks the rule");
      return;
    case "no":
      assert.ok(!trial.judge(await template()), "the template keeps the rule");
      return;
    case "Azure":
  }
}

function refused({ settings, key, problem }: Configured): void {
  const lines = problemsOf(configuredAks(settings));
  const isSaid = lines.some((line) => line.startsWith(`\`spacelift:${key}\`: `) && problem.test(line));
  assert.ok(isSaid, `expected a problem of ${key} that says ${String(problem)}, got\n${lines.join("\n")}`);
}

async function found(brought: Brought, arm: ArmServer): Promise<void> {
  const { settings, id, properties = {}, top = {}, part, reason } = brought;
  const config: TestConfig = configuredAks(settings);
  assert.deepEqual(parseConfig(raw(config)).problems, []);
  const check = `azure.given.${part}`;
  const look = async (changes: JsonObject): Promise<CheckResult> => {
    lay(arm.world(), id, changes);
    return (await runAzureChecks(arm, { config, only: "azure.given" })).of(check);
  };
  // Nothing but what breaks the rule is found.
  const before = await look({});
  assert.equal(before.status, "passed", before.reason);
  const after = await look({
    ...top,
    properties: { ...(goodResources[id]?.["properties"] as JsonObject), ...properties },
  });
  assert.notEqual(after.status, "passed", after.reason);
  assert.match(after.reason, reason);
}

function lay(world: ArmWorld, id: string, changes: JsonObject): void {
  addGivenResources(world);
  addResource(world, id, { ...goodResources[id], ...changes });
}
