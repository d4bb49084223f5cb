import { strict as assert } from "node:assert";
import { azureTwin } from "../../../rehearsal/twins/azure";
import { allDefinitions } from "../../../rehearsal/twins/azure/arm/definitions";
import { ALLOWED } from "../../../rehearsal/twins/azure/contract/allowed";
import { mapperOf, parameterOf } from "../../../rehearsal/twins/azure/contract/mappers";
import { type Properties, UNKNOWN } from "../../../rehearsal/twins/framework";
import { connected } from "../support/connected";
import { AZURE } from "./support/tokens";

describe("The contract of the azure twin", () => {
  const engine = connected(azureTwin());
  const failuresOf = async (kind: keyof typeof AZURE, inputs: Properties): Promise<string> =>
    (
      await engine().check(AZURE[kind], kind, { resourceGroupName: "rg", location: "westeurope", ...inputs })
    ).failures.join("\n");

  it("finds the description of every type that has one", () => {
    const described = allDefinitions().flatMap(({ contract }) => contract ?? []);
    assert.ok(described.length >= 20);
    for (const { library, model } of described) assert.equal(mapperOf(library, model).type.name, "Composite");
    assert.ok(parameterOf("storage", "accountName")?.constraints?.MaxLength === 24);
  });

  it("lets no property pass that the descriptions know by now", () => {
    for (const { contract } of allDefinitions()) {
      if (contract === undefined) continue;
      const known = Object.keys(mapperOf(contract.library, contract.model).type.modelProperties ?? {});
      const needless = Object.keys(ALLOWED[contract.model] ?? {}).filter((path) => known.includes(path));
      assert.deepEqual(needless, []);
    }
  });

  it("takes properties under the provider's names and their types from the service", async () => {
    const cluster = { enableRBAC: true, apiServerAccessProfile: { authorizedIPRanges: ["203.0.113.0/24"] } };
    assert.equal(await failuresOf("cluster", { resourceName: "aks", ...cluster }), "");
    const pool = { resourceName: "aks", agentPoolName: "apps", type: "VirtualMachineScaleSets" };
    assert.equal(await failuresOf("pool", pool).then((text) => text.replace(/location.*/, "")), "");
  });

  it("lets unknown values pass", async () => {
    const inputs = { accountName: UNKNOWN, kind: UNKNOWN, sku: UNKNOWN, networkRuleSet: UNKNOWN };
    assert.equal(await failuresOf("account", inputs), "");
  });

  it("rejects properties the service does not know, at any depth", async () => {
    const inputs = { resourceName: "aks", networkProfile: { podCidrr: "10.244.0.0/16" }, enableRbacc: true };
    const failures = await failuresOf("cluster", inputs);
    assert.match(failures, /^networkProfile\.podCidrr: the service knows no such property$/m);
    assert.match(failures, /^enableRbacc: the service knows no such property$/m);
  });

  it("rejects properties that the service decides", async () => {
    assert.match(
      await failuresOf("server", { serverName: "pg", fullyQualifiedDomainName: "mine" }),
      /^fullyQualifiedDomainName: read-only/m,
    );
    assert.match(
      await failuresOf("server", {
        serverName: "pgs",
        highAvailability: { mode: "SameZone", state: "Healthy" },
      }),
      /^highAvailability\.state: read-only/m,
    );
  });

  it("rejects missing properties, wrong types, values out of bounds and unknown choices", async () => {
    assert.match(await failuresOf("account", { accountName: "st" }), /accountName.*2 characters/);
    assert.match(
      await failuresOf("account", { accountName: "storage", sku: { name: "Standard_LRS" } }),
      /^kind: required by the service$/m,
    );
    const cluster = (more: Properties): Promise<string> =>
      failuresOf("cluster", { resourceName: "aks", ...more });
    assert.match(await cluster({ disableLocalAccounts: "yes" }), /disableLocalAccounts: must be a boolean/);
    assert.match(await cluster({ networkProfile: { podCidr: "10.244/16" } }), /podCidr: .* does not match/);
    assert.match(
      await cluster({ identity: { type: "Managed" } }),
      /identity\.type: "Managed" is none of SystemAssigned, UserAssigned, None/,
    );
    const window = {
      durationHours: 2,
      startTime: "02:00",
      schedule: { weekly: { dayOfWeek: "Sunday", intervalWeeks: 1 } },
    };
    assert.match(
      await failuresOf("maintenance", {
        resourceName: "aks",
        configName: "default",
        maintenanceWindow: window,
      }),
      /maintenanceWindow\.durationHours: 2 is not within 4 to 24/,
    );
    assert.match(
      await failuresOf("blobService", {
        accountName: "storage",
        deleteRetentionPolicy: { enabled: true, days: 400 },
      }),
      /deleteRetentionPolicy\.days: 400 is not within 1 to 365/,
    );
  });
});
