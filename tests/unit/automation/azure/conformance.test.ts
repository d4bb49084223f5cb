import assert from "node:assert/strict";
import { type AnswerModel, deviations } from "../../../support/arm/conformance";
import { runAzureChecks } from "../../../support/arm/checks";
import { addGivenResources, addInstallation } from "../../../support/arm/given-resources";
import { withArm } from "../../../support/arm/server";
import { configuredAks, givenIds } from "../../../support/azure-configurations";

/** What Microsoft calls the answers at the paths that the checks read. */
const models: readonly (readonly [RegExp, AnswerModel])[] = [
  [/^\/subscriptions\/[^/]+$/, { library: "resources-subscriptions", model: "Subscription" }],
  [/\/locations$/, { library: "resources-subscriptions", model: "Location", paged: true }],
  [/^\/subscriptions\/[^/]+\/providers\/[^/]+$/, { library: "resources", model: "Provider" }],
  [/\/skus$/, { library: "compute", model: "ResourceSku", paged: true }],
  [/Compute\/locations\/[^/]+\/usages$/, { library: "compute", model: "Usage", paged: true }],
  [/Network\/locations\/[^/]+\/usages$/, { library: "network", model: "Usage", paged: true }],
  [/Storage\/locations\/[^/]+\/usages$/, { library: "storage", model: "Usage", paged: true }],
  [/flexibleServers\/usages$/, { library: "postgresql-flexible", model: "QuotaUsage", paged: true }],
  [/\/capabilities$/, { library: "postgresql-flexible", model: "Capability", paged: true }],
  [/\/kubernetesVersions$/, { library: "containerservice", model: "KubernetesVersionListResult" }],
  [/\/permissions$/, { library: "authorization", model: "Permission", paged: true }],
  [/\/roleAssignments$/, { library: "authorization", model: "RoleAssignment", paged: true }],
  [/\/resourceGroups\/[^/]+$/, { library: "resources", model: "ResourceGroup" }],
  [/\/resources$/, { library: "resources", model: "GenericResourceExpanded", paged: true }],
  [/\/flexibleServers$/, { library: "postgresql-flexible", model: "Server", paged: true }],
  [/\/managedClusters\/[^/]+$/, { library: "containerservice", model: "ManagedCluster" }],
  [/\/subnets\/[^/]+$/, { library: "network", model: "Subnet" }],
  [/\/virtualNetworks\/[^/]+$/, { library: "network", model: "VirtualNetwork" }],
  [/\/publicIPAddresses\/[^/]+$/, { library: "network", model: "PublicIPAddress" }],
  [/\/privateDnsZones\/[^/]+$/, { library: "privatedns", model: "PrivateZone" }],
  [/\/virtualNetworkLinks$/, { library: "privatedns", model: "VirtualNetworkLink", paged: true }],
  [/\/dnszones\/[^/]+$/i, { library: "dns", model: "Zone" }],
  [/\/registries\/[^/]+$/, { library: "containerregistry", model: "Registry" }],
  [/\/storageAccounts\/[^/]+$/, { library: "storage", model: "StorageAccount" }],
  [/\/workspaces\/[^/]+$/, { library: "operationalinsights", model: "Workspace" }],
];

describe("the simulated Resource Manager", () => {
  const arm = withArm();

  it("answers what Microsoft's own libraries read, for everything the checks look at", async () => {
    addGivenResources(arm.world());
    addInstallation(arm.world());
    await runAzureChecks(arm, {
      config: configuredAks({ aks: { cluster: { logAnalyticsWorkspaceId: givenIds.workspace } } }),
    });
    const { nodeSubnet, databaseSubnet, privateZone, publicIp, dnsZone, registry, account } = givenIds;
    const network = {
      nodeSubnetId: nodeSubnet,
      databaseSubnetId: databaseSubnet,
      privateDnsZoneId: privateZone,
      publicIpId: publicIp,
    };
    await runAzureChecks(arm, {
      config: configuredAks({
        aks: {
          network,
          storage: { accountId: account },
          registry: { id: registry },
          dns: { zoneId: dnsZone },
        },
      }),
    });
    const seen = new Set<AnswerModel>();
    for (const { path, answer } of arm.answers()) {
      if (answer.status !== 200) continue;
      const model = models.find(([pattern]) => pattern.test(path))?.[1];
      assert.ok(model, `nothing is known of ${path}`);
      seen.add(model);
      assert.deepEqual(deviations(model, answer.body), [], path);
    }
    assert.deepEqual(
      models.filter(([, model]) => !seen.has(model)).map(([, { model }]) => model),
      [],
      "not read by any check",
    );
  });
});
