import assert from "node:assert/strict";
import { type RehearsedStack, changeCount } from "../support/rehearsed-stack";
import { openWorld } from "../../rehearsal/twins";
import { type ArmRecord, resources } from "../../rehearsal/twins/azure/arm/tables";
import { at, listAt, stringAt } from "../../rehearsal/twins/framework";
import { findObject } from "../../rehearsal/twins/kubernetes/cluster";
import { addExisting } from "../../rehearsal/twins/azure/existing";
import { worldInventory } from "../support/world-inventory";
import { inOrder, names, operationTimeout, rehearsalOf } from "./support";

const subscription = "/subscriptions/00000000-0000-0000-0000-000000000000";
const objectId = "99999999-2222-3333-4444-555555555555";

/** The one resource of a type in the simulated Azure, without what a cluster has made for itself. */
function inAzure(stack: RehearsedStack, type: string): ArmRecord {
  const found = openWorld(stack.folders.world).read((state) =>
    resources
      .of(state)
      .entries()
      .map(([, record]) => record)
      .filter(
        ({ type: own, id }) =>
          own.toLowerCase() === type.toLowerCase() && !/\/resourceGroups\/[^/]+-nodes\//i.test(id),
      ),
  );
  const [only] = found;
  assert.ok(only && found.length === 1, `${type}: ${found.map(({ id }) => id).join(", ")}`);
  return only;
}

const server = "Microsoft.DBforPostgreSQL/flexibleServers";
const cluster = "Microsoft.ContainerService/managedClusters";

describe("a stack on AKS with an administrator of Entra ID for its database", function () {
  this.timeout(operationTimeout);
  inOrder();
  const stack = rehearsalOf({
    stack: "aks",
    config: {
      "aks.size": "dev",
      "aks.database.entraAdmin": { objectId, principalName: "database-admins" },
    },
  });

  it("has one, in the tenant of whoever deploys, next to the password", async () => {
    await stack().up();
    const { properties } = inAzure(stack(), server);
    const { tenantId, ...auth } = properties["authConfig"] as Record<string, string>;
    assert.deepEqual(auth, { activeDirectoryAuth: "Enabled", passwordAuth: "Enabled" });
    assert.match(tenantId ?? "", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const admin = inAzure(stack(), `${server}/administrators`);
    assert.equal(admin.name, objectId);
    const { principalName, principalType } = admin.properties;
    assert.deepEqual(
      { principalName, principalType, tenantId: admin.properties["tenantId"] },
      { principalName: "database-admins", principalType: "Group", tenantId },
    );
    assert.equal(changeCount(await stack().preview()), 0);
  });

  it("goes on when the disk has grown, once its size is entered", async () => {
    openWorld(stack().folders.world).change((state) => {
      const record = inAzure(stack(), server);
      const storage = { ...(record.properties["storage"] as object), storageSizeGB: 64 };
      resources
        .of(state)
        .set(record.id.toLowerCase(), { ...record, properties: { ...record.properties, storage } });
    });
    assert.deepEqual(names(await stack().refresh(), "refresh", "update"), ["platform-database-server"]);
    // Azure would refuse what is planned now, and nothing but the entry keeps it from being tried.
    assert.deepEqual(names(await stack().preview(), "update"), ["platform-database-server"]);
    stack().setConfig("aks.database.storageGb", 64);
    assert.equal(changeCount(await stack().up()), 0);
  });
});

describe("a stack on AKS with a Log Analytics workspace", function () {
  this.timeout(operationTimeout);
  const workspaceId = `${subscription}/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/platform`;
  const stack = rehearsalOf({
    stack: "aks",
    config: {
      "aks.size": "dev",
      "aks.cluster.logAnalyticsWorkspaceId": workspaceId,
      "aks.cluster.logAnalyticsLocation": "westeurope",
    },
  });
  before(() => {
    addExisting(openWorld(stack().folders.world), workspaceId, { location: "westeurope" });
  });

  it("sends the logs of control plane and containers there", async () => {
    await stack().up();
    const { id, properties } = inAzure(stack(), cluster);
    assert.deepEqual((properties["addonProfiles"] as Record<string, unknown>)["omsagent"], {
      enabled: true,
      config: { logAnalyticsWorkspaceResourceID: workspaceId, useAADAuth: "true" },
    });
    const audit = inAzure(stack(), "Microsoft.Insights/diagnosticSettings");
    assert.ok(audit.id.toLowerCase().startsWith(id.toLowerCase()), audit.id);
    assert.equal(audit.properties["workspaceId"], workspaceId);
    const logs = audit.properties["logs"] as unknown as readonly { category: string; enabled: boolean }[];
    assert.deepEqual(
      logs.map(({ category, enabled }) => [category, enabled]),
      [
        ["kube-audit-admin", true],
        ["guard", true],
        ["cluster-autoscaler", true],
      ],
    );
    const rule = inAzure(stack(), "Microsoft.Insights/dataCollectionRules");
    assert.equal(rule.properties["location"], "westeurope");
    assert.match(JSON.stringify(rule.properties["destinations"]), new RegExp(workspaceId));
    const association = inAzure(stack(), "Microsoft.Insights/dataCollectionRuleAssociations");
    assert.equal(association.name, "ContainerInsightsExtension");
    assert.ok(association.id.toLowerCase().startsWith(id.toLowerCase()), association.id);
    assert.equal(association.properties["dataCollectionRuleId"], rule.id);
    assert.equal(changeCount(await stack().preview()), 0);
  });
});

describe("a stack on AKS with alerts", function () {
  this.timeout(operationTimeout);
  inOrder();
  const onCall = `${subscription}/resourceGroups/operations/providers/Microsoft.Insights/actionGroups/on-call`;
  const stack = rehearsalOf({
    stack: "aks",
    config: { "aks.size": "dev", "aks.alerts": { emails: ["platform@example.com"] } },
  });
  before(() => {
    addExisting(openWorld(stack().folders.world), onCall);
  });

  it("has one for each thing that can go wrong, and nothing to change a second time", async () => {
    const created = names(await stack().up(), "create").filter((name) => name.startsWith("platform-alerts-"));
    assert.deepEqual(created, [
      "platform-alerts-cluster-nodes",
      "platform-alerts-database-alive",
      "platform-alerts-database-storage",
      "platform-alerts-emails",
      "platform-alerts-storage-availability",
    ]);
    assert.equal(changeCount(await stack().up()), 0);
    assert.equal(changeCount(await stack().refresh()), 0);
  });

  it("tells another group in place, and is without them when nobody is to be told", async () => {
    stack().setConfig("aks.alerts", { actionGroupIds: [onCall] });
    const summary = await stack().up();
    assert.equal(names(summary, "update").length, 4);
    assert.deepEqual(names(summary, "delete"), ["platform-alerts-emails"]);
    stack().configure({ config: { "aks.alerts": undefined } });
    assert.equal(names(await stack().up(), "delete").length, 5);
    assert.equal(changeCount(await stack().up()), 0);
  });
});

describe("a stack on AKS that is entered from inside, with Entra ID alone", function () {
  this.timeout(operationTimeout);
  inOrder();
  const stack = rehearsalOf({
    stack: "aks",
    config: { "aks.size": "dev", "aks.cluster": { private: true, entra: { adminGroupIds: [objectId] } } },
  });

  it("has no public API server and no local accounts", async () => {
    await stack().up();
    const { properties } = inAzure(stack(), cluster);
    assert.deepEqual(properties["apiServerAccessProfile"], {
      enablePrivateCluster: true,
      privateDNSZone: "system",
      disableRunCommand: true,
    });
    assert.equal(properties["disableLocalAccounts"], true);
    assert.deepEqual(properties["aadProfile"], {
      managed: true,
      enableAzureRBAC: true,
      adminGroupObjectIDs: [objectId],
    });
    assert.equal(changeCount(await stack().preview()), 0);
  });

  it("is entered by whoever deploys, whose role outlives everything in the cluster", async () => {
    const { deployment } = await stack().exportState();
    const found = deployment.resources ?? [];
    const provider = found.find(({ urn }) => urn.endsWith("::platform-kubernetes"));
    assert.match(provider?.dependencies?.join("\n") ?? "", /::platform-deployer-role$/m);
    const role = found.find(({ urn }) => urn.endsWith("::platform-deployer-role"));
    assert.match(String(role?.inputs?.["roleDefinitionId"]), /b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b$/);
    // Of the whole group, so that it is honoured by the time the cluster is there.
    assert.equal(role?.inputs?.["scope"], `${subscription}/resourceGroups/spacelift`);
  });

  it("leaves no trace when it goes", async () => {
    stack().setConfig("protectData", false);
    await stack().up();
    await stack().destroy();
    const { deployment } = await stack().exportState();
    assert.deepEqual(deployment.resources ?? [], []);
  });
});

describe("a stack on AKS whose way in becomes private, and public again", function () {
  this.timeout(operationTimeout);
  inOrder();
  const ranges = ["203.0.113.0/24"];
  const stack = rehearsalOf({
    stack: "aks",
    config: {
      "aks.size": "dev",
      ingress: { allowedRanges: ranges },
      tls: { mode: "selfSigned" },
    },
  });
  const publicAddress = "Microsoft.Network/publicIPAddresses";
  const service = (): { readonly address: string | undefined; readonly ranges: unknown } => {
    const found = openWorld(stack().folders.world).read((state) =>
      findObject(state, { apiVersion: "v1", kind: "Service", name: "traefik", namespace: "traefik" }),
    );
    const [balancer] = listAt(found?.status, "loadBalancer", "ingress");
    return {
      address: stringAt(balancer, "ip"),
      ranges: at(found?.body, "spec", "loadBalancerSourceRanges"),
    };
  };

  it("is restricted from the start", async () => {
    await stack().up();
    const { address } = service();
    assert.equal(address, inAzure(stack(), publicAddress).computed["ipAddress"]);
    // The pods' own range as well: to kube-proxy, pods that call the domain are clients.
    assert.deepEqual(service().ranges, [...ranges, "10.244.0.0/16"]);
    assert.equal(changeCount(await stack().preview()), 0);
  });

  it("gives its public address up", async () => {
    stack().setConfig("ingress", { allowedRanges: ranges, internal: true });
    await stack().up();
    assert.equal(service().address, "10.30.3.254");
    assert.throws(() => inAzure(stack(), publicAddress));
    assert.equal(changeCount(await stack().preview()), 0);
  });

  it("gets one again, and lets in everybody when it is told", async () => {
    stack().setConfig("ingress", {});
    await stack().up();
    assert.equal(service().address, inAzure(stack(), publicAddress).computed["ipAddress"]);
    assert.equal(service().ranges, undefined);
    assert.equal(changeCount(await stack().preview()), 0);
  });
});

// The provider replaces itself, and everything of it, when its `clusterIdentifier` is not what it was, as when it is not known
// (pulumi-kubernetes, provider/pkg/provider/provider.go, DiffConfig); that the cluster is replaced for its outbound type is in
// pulumi-azure-native, provider/pkg/gen/replacement.go. Both were read, the engine is real.
describe("a stack on AKS whose cluster would have to be replaced", function () {
  this.timeout(operationTimeout);
  inOrder();
  const stack = rehearsalOf({ stack: "aks", config: { "aks.size": "dev" } });
  let before: readonly string[] = [];

  it("plans to replace what is in the cluster, too, rather than to leave the new one empty", async () => {
    await stack().up();
    before = worldInventory(stack().folders.world);
    stack().setConfig("aks.network.natGateway", true);
    const replaced = names(await stack().preview(), "replace");
    for (const name of [
      "platform-cluster-cluster",
      "platform-kubernetes",
      "spacelift-namespace",
      "spacelift-release",
    ])
      assert.ok(replaced.includes(name), name);
  });

  it("is as it was when the setting is taken back after the engine has refused", async () => {
    // The engine closes its connection to the old cluster's provider before it deletes with it (3.274.1).
    await assert.rejects(stack().up(), /the client connection is closing/);
    stack().setConfig("aks.network.natGateway", undefined);
    await stack().up();
    assert.equal(changeCount(await stack().up({ args: ["--refresh"] })), 0);
    assert.deepEqual(worldInventory(stack().folders.world), before);
  });
});
