import { strict as assert } from "node:assert";
import { azureTwin } from "../../../rehearsal/twins/azure";
import { allDefinitions } from "../../../rehearsal/twins/azure/arm/definition";
import { parametersOf } from "../../../rehearsal/twins/azure/arm/resource-id";
import { ALLOWED, FURTHER_VALUES } from "../../../rehearsal/twins/azure/contract";
import { knownValues, mapperOf, parameterOf } from "../../../rehearsal/twins/azure/contract/library";
import { type Properties, UNKNOWN } from "../../../rehearsal/twins/framework";
import { connected } from "../support/connected";
import { AZURE } from "./support/tokens";

describe("The contract of the azure twin", () => {
  const engine = connected(azureTwin());
  const failuresOf = async (kind: keyof typeof AZURE, inputs: Properties): Promise<string> =>
    (
      await engine().check(AZURE[kind], kind, { resourceGroupName: "rg", location: "westeurope", ...inputs })
    ).failures.join("\n");

  it("finds the description of every type, and those of names", () => {
    const described = allDefinitions().map(({ contract }) => contract);
    assert.equal(described.length, Object.keys(AZURE).length);
    for (const { library, model } of described) assert.equal(mapperOf(library, model).type.name, "Composite");
    assert.equal(parameterOf("storage", "accountName")?.constraints?.MaxLength, 24);
    assert.equal(parameterOf("operationalinsights", "workspaceName")?.constraints?.MinLength, 4);
    assert.deepEqual(parameterOf("dns", "recordType")?.type.allowedValues?.slice(0, 2), ["A", "AAAA"]);
  });

  it("rejects every property that the service decides, and every one that is missing", async () => {
    for (const { token, contract, path } of allDefinitions()) {
      const { library, model } = contract;
      const ofPath = ["id", "name", "type", ...parametersOf(path)];
      const properties = Object.entries(mapperOf(library, model).type.modelProperties ?? {});
      const check = async (inputs: Properties): Promise<string> =>
        (await engine().check(token, "any", inputs)).failures.join("\n");
      const readOnly = properties.filter(([key, { readOnly: is }]) => is === true && !ofPath.includes(key));
      for (const [key] of readOnly)
        assert.match(await check({ [key]: "mine" }), new RegExp(`^${key}: read-only`, "m"));
      const required = properties.filter(([, each]) => each.required === true && each.readOnly !== true);
      const failures = await check({ location: UNKNOWN });
      for (const [key] of required.filter(([name]) => name !== "location"))
        assert.match(failures, new RegExp(`^${key}: required by the service$`, "m"));
    }
  });

  it("knows the values of texts that may take further ones", () => {
    assert.deepEqual(knownValues("locks", "ManagementLockObject", "level"), [
      "NotSpecified",
      "CanNotDelete",
      "ReadOnly",
    ]);
    assert.ok(knownValues("storage", "StorageAccount", "minimumTlsVersion")?.includes("TLS1_2"));
    assert.equal(knownValues("storage", "StorageAccount", "tags"), undefined);
    assert.equal(knownValues("containerservice", "ManagedCluster", "dnsPrefix"), undefined);
  });

  it("rejects values that are not among those of such a text, at any depth and in lists", async () => {
    const cluster = (more: Properties): Promise<string> =>
      failuresOf("cluster", { resourceName: "aks", ...more });
    assert.match(
      await cluster({ networkProfile: { networkDataplane: "silium" } }),
      /networkProfile\.networkDataplane: "silium" is none of azure, cilium/,
    );
    const server = { serverName: "pgs", highAvailability: { mode: "Disabled" } };
    assert.doesNotMatch(await failuresOf("server", server), /highAvailability/);
    assert.match(
      await cluster({ agentPoolProfiles: [{ name: "system", osSKU: "Debian" }] }),
      /agentPoolProfiles\[0\]\.osSKU: "Debian" is none of/,
    );
    assert.equal(await cluster({ networkProfile: { networkDataplane: "Cilium" } }), "");
    const methods = {
      allowedOrigins: ["*"],
      allowedHeaders: ["*"],
      exposedHeaders: ["*"],
      maxAgeInSeconds: 1,
    };
    assert.match(
      await failuresOf("blobService", {
        accountName: "storage",
        cors: { corsRules: [{ ...methods, allowedMethods: ["PUT", "SEND"] }] },
      }),
      /allowedMethods: "SEND" is none of/,
    );
    const vnet = { virtualNetworkName: "vnet", subnetName: "nodes", addressPrefix: "10.0.0.0/24" };
    assert.match(
      await failuresOf("subnet", { ...vnet, privateEndpointNetworkPolicies: "Off" }),
      /privateEndpointNetworkPolicies: "Off" is none of/,
    );
  });

  it("rejects what groups, locks, zones, records, workspaces and settings do not take", async () => {
    const without = async (kind: keyof typeof AZURE, inputs: Properties): Promise<string> =>
      (await engine().check(AZURE[kind], kind, inputs)).failures.join("\n");
    assert.match(await failuresOf("group", { sku: "Standard" }), /sku: the service knows no such property/);
    assert.match(await without("lock", { scope: "/x", lockName: "l" }), /^level: required by the service$/m);
    assert.match(await without("lock", { scope: "/x", level: "Firm" }), /level: "Firm" is none of/);
    assert.match(
      await failuresOf("zone", { zoneName: "a.com", zoneType: "Own" }),
      /zoneType: "Own" is none of/,
    );
    const record = { zoneName: "a.com", relativeRecordSetName: "www" };
    assert.match(await failuresOf("record", { ...record, recordType: "B" }), /recordType: "B" is none of A/);
    assert.match(
      await failuresOf("record", { ...record, recordType: "A", aRecords: [{ address: "1.2.3.4" }] }),
      /aRecords\[0\]\.address: the service knows no such property/,
    );
    assert.match(await failuresOf("workspace", { workspaceName: "-" }), /workspaceName.* 1 characters/);
    assert.match(
      await failuresOf("workspace", { workspaceName: "logs", sku: { name: "PerGB" } }),
      /sku\.name: "PerGB" is none of/,
    );
    const sized = (capacityReservationLevel: number | string): Promise<string> =>
      failuresOf("workspace", {
        workspaceName: "logs",
        sku: { name: "CapacityReservation", capacityReservationLevel },
      });
    assert.match(await sized(150), /capacityReservationLevel: 150 is none of 100/);
    assert.match(await sized("100"), /capacityReservationLevel: must be a number/);
    assert.equal(await sized(200), "");
    assert.match(
      await without("diagnostics", { resourceUri: "/x", name: "s", logs: [{ category: "guard" }] }),
      /logs\[0\]\.enabled: required by the service/,
    );
    const grouped = { resourceUri: "/x", name: "s", logs: [{ categoryGroup: "audit", enabled: true }] };
    assert.equal(await without("diagnostics", grouped), "");
  });

  it("lets no property pass that the descriptions know by now", () => {
    for (const { contract } of allDefinitions()) {
      const known = Object.keys(mapperOf(contract.library, contract.model).type.modelProperties ?? {});
      const needless = Object.keys(ALLOWED[contract.model] ?? {}).filter((path) => known.includes(path));
      assert.deepEqual(needless, []);
    }
    for (const [place, values] of Object.entries(FURTHER_VALUES)) {
      const [model = "", property = ""] = place.split(".");
      const libraries = [...new Set(allDefinitions().map(({ contract }) => contract.library))];
      const known = libraries.flatMap((library) => knownValues(library, model, property) ?? []);
      assert.ok(known.length > 0, place);
      assert.deepEqual(
        values.filter((value) => known.includes(value)),
        [],
      );
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
