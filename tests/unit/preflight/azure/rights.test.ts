import assert from "node:assert/strict";
import { newParts } from "../../../../preflight/azure/parts";
import { requiredRights } from "../../../../preflight/azure/required-rights";
import { azureRole } from "../../../../preflight/azure/role";
import { neededNamespaces } from "../../../../preflight/azure/subscription";
import type { Properties } from "../../../../rehearsal/twins/framework";
import { subjectOf } from "../../../support/arm/checks";
import { unaskedActions, unusedRights, UsedActions } from "../../../support/arm/used-actions";
import { azureCases, type AzureRun, givenParts, withAzureRuns } from "../../../support/azure-cases";
import { configuredAks, fullAks, subscriptionId } from "../../../support/azure-configurations";
import { SecretValue } from "../../../support/inventory";

/** Inputs as the provider is given them. */
function inClear(value: unknown): unknown {
  if (value instanceof SecretValue) return inClear(value.value);
  if (Array.isArray(value)) return value.map(inClear);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, inClear(each)]));
}

/** What the program does in Azure in all its life: what it makes, it may be asked to look at, change and destroy. */
function usedBy({ inventory, calls }: AzureRun): UsedActions {
  const used = new UsedActions(subscriptionId);
  for (const { token, args } of calls) used.call(token, args as Properties);
  for (const operation of ["create", "update", "delete"] as const) {
    for (const { type, inputs, options } of inventory.resources)
      if (operation !== "delete" || !options.retainOnDelete)
        used.operation(type, operation, inClear(inputs) as Properties);
  }
  return used;
}

// What a rehearsal records of whole lives is held against the same in `tests/engine/aks-rights.long.test.ts`.
describe("what the checks take the program to make", () => {
  const runCase = withAzureRuns();

  for (const [what, azureCase] of Object.entries(azureCases)) {
    it(`asks for what ${what} uses, and for nothing else`, async () => {
      // An upgrade does what an installation does, and takes a restore point as well.
      const result = await runCase(azureCase, { deployed: { version: "v3.8.0" } });
      const subject = subjectOf(result.config);
      const used = usedBy(result).all;
      assert.ok(used.length > 10, String(used.length));
      const asked = requiredRights(subject);
      assert.deepEqual(unaskedActions(used, asked), []);
      assert.deepEqual(unusedRights(used, asked), []);
      const namespaces = new Set(used.map(({ action }) => action.split("/")[0] ?? ""));
      for (const own of ["Microsoft.Resources", "Microsoft.Authorization"]) namespaces.delete(own);
      const registered = neededNamespaces(subject);
      assert.deepEqual(
        [...namespaces].filter((namespace) => !registered.includes(namespace)),
        [],
      );
    });
  }

  it("has no action in the custom role that no configuration asks for", () => {
    const asked = Object.values(azureCases).flatMap((azureCase) =>
      requiredRights(subjectOf(azureCase("./archive.tar.gz"))).flatMap(({ actions }) => actions),
    );
    const { Actions } = JSON.parse(azureRole()) as { readonly Actions: readonly string[] };
    assert.deepEqual(Actions, [...new Set(asked)].sort());
  });

  it("asks for PolicyInsights where Azure Policy is on", () => {
    const asks = (size: string): boolean =>
      neededNamespaces(subjectOf(configuredAks({ aks: { size } }))).includes("Microsoft.PolicyInsights");
    assert.deepEqual([asks("dev"), asks("prod")], [false, true]);
  });

  it("tells new parts from existing ones", () => {
    const all = {
      network: true,
      cluster: true,
      database: true,
      storage: true,
      registry: true,
      launcherRegistry: false,
      address: true,
      brokerAddress: false,
    };
    assert.deepEqual(newParts(subjectOf()), all);
    assert.deepEqual(newParts(subjectOf(fullAks("a"))), {
      ...all,
      launcherRegistry: true,
      brokerAddress: true,
    });
    assert.deepEqual(newParts(subjectOf(givenParts("a"))), {
      ...all,
      network: false,
      cluster: false,
      database: false,
      storage: false,
      registry: false,
      address: false,
    });
    const existing = configuredAks({ ingress: { mode: "existing", className: "nginx" } });
    assert.deepEqual(newParts(subjectOf(existing)), { ...all, address: false });
  });
});
