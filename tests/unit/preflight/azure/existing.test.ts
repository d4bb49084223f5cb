import { type Results, runAzureChecks } from "../../../support/arm/checks";
import {
  addGivenResources,
  addGroup,
  addInstallation,
  addResource,
  clusterBody,
  goodResources,
} from "../../../support/arm/given-resources";
import { withArm } from "../../../support/arm/server";
import type { JsonObject } from "../../../../rehearsal/twins/azure/api/subscription";
import { configuredAks, given, givenIds } from "../../../support/azure-configurations";
import { samples } from "../../../support/configurations";

const { nodeSubnet, databaseSubnet, privateZone, publicIp, dnsZone, registry, account, cluster, workspace } =
  givenIds;

const parts = configuredAks({
  aks: {
    network: {
      nodeSubnetId: nodeSubnet,
      databaseSubnetId: databaseSubnet,
      privateDnsZoneId: privateZone,
      publicIpId: publicIp,
    },
    cluster: { logAnalyticsWorkspaceId: workspace },
    registry: { id: registry },
    storage: { accountId: account },
    dns: { zoneId: dnsZone },
  },
});
const givenCluster = configuredAks(
  {
    aks: { cluster: { existingId: cluster, authorizedRanges: undefined }, network: { publicIpId: publicIp } },
  },
  { databaseUrl: samples.databaseUrl },
);

describe("existingPartsCheck", () => {
  const arm = withArm();
  beforeEach(() => {
    addGivenResources(arm.world());
  });

  const run = (config = parts): Promise<Results> => runAzureChecks(arm, { config, only: "azure.given" });
  const change = (id: string, properties: JsonObject, top: JsonObject = {}): void => {
    const good = goodResources[id] ?? {};
    addResource(arm.world(), id, {
      ...good,
      ...top,
      properties: { ...(good["properties"] as JsonObject), ...properties },
    });
  };
  const says = async (
    part: string,
    status: "failed" | "warning" | "passed",
    reason: RegExp,
    fix?: RegExp,
    config = parts,
  ): Promise<void> => {
    (await run(config)).assert(`azure.given.${part}`, status, reason, fix);
  };

  it("is content with parts that suit", async () => {
    const results = await run();
    for (const part of [
      "nodeSubnet",
      "databaseSubnet",
      "privateZone",
      "address",
      "dnsZone",
      "registry",
      "storage",
      "logAnalytics",
    ]) {
      results.assert(`azure.given.${part}`, "passed", /./);
    }
    await says("cluster", "passed", /platform runs 1.36.2/, undefined, givenCluster);
    await says("address", "passed", /203.0.113.7/, undefined, givenCluster);
  });

  for (const [part, id, key] of [
    ["nodeSubnet", nodeSubnet, "network.nodeSubnetId"],
    ["databaseSubnet", databaseSubnet, "network.databaseSubnetId"],
    ["privateZone", privateZone, "network.privateDnsZoneId"],
    ["address", publicIp, "network.publicIpId"],
    ["dnsZone", dnsZone, "dns.zoneId"],
    ["registry", registry, "registry.id"],
    ["storage", account, "storage.accountId"],
    ["logAnalytics", workspace, "cluster.logAnalyticsWorkspaceId"],
  ] as const) {
    it(`says that the ${part} does not exist`, async () => {
      arm.world().resources.delete(id.toLowerCase());
      await says(part, "failed", /does not exist/, new RegExp(`spacelift:aks.${key} `));
    });
  }

  it("says that the cluster does not exist", async () => {
    arm.world().resources.delete(cluster.toLowerCase());
    await says("cluster", "failed", /does not exist/, /existingId/, givenCluster);
  });

  it("says that a network or an address is elsewhere", async () => {
    change(given("Microsoft.Network/virtualNetworks", "corporate"), {}, { location: "northeurope" });
    change(publicIp, {}, { location: "northeurope" });
    await says(
      "nodeSubnet",
      "failed",
      /is in northeurope, the installation in westeurope/,
      /aks.location northeurope/,
    );
    await says("databaseSubnet", "failed", /is in northeurope/, /./);
    await says("address", "failed", /is in northeurope/, /./);
  });

  it("says what is wrong with the subnet of the nodes", async () => {
    change(nodeSubnet, {
      delegations: [{ name: "x", properties: { serviceName: "Microsoft.Web/serverFarms" } }],
    });
    await says("nodeSubnet", "failed", /is delegated to Microsoft.Web/, /that is not/);
    change(nodeSubnet, { addressPrefix: "10.244.8.0/22" });
    await says("nodeSubnet", "failed", /overlaps with `aks.network.podCidr`/, /podCidr/);
    change(nodeSubnet, { addressPrefix: "10.245.8.0/22" });
    await says("nodeSubnet", "failed", /overlaps with `aks.network.serviceCidr`/, /serviceCidr/);
  });

  // `prod` has up to 3 + 6 + 6 nodes, and 1 + 2 + 2 more while it upgrades.
  it("counts the addresses that nodes may take, and not those that its own have", async () => {
    const used = (count: number, group: string): JsonObject => ({
      addressPrefix: "10.50.0.0/27",
      ipConfigurations: Array.from({ length: count }, (_, index) => ({
        id: `/subscriptions/x/resourceGroups/${group}/providers/Microsoft.Compute/virtualMachineScaleSets/a/virtualMachines/${index}`,
      })),
    });
    change(nodeSubnet, used(7, "others"));
    await says("nodeSubnet", "passed", /has 20 free addresses for up to 20 nodes/);
    change(nodeSubnet, used(8, "others"));
    await says("nodeSubnet", "failed", /has 19 free addresses, and 20 nodes may come/, /larger/);
    change(nodeSubnet, used(8, "Spacelift-Nodes"));
    await says("nodeSubnet", "passed", /27 free/);
  });

  it("says what is wrong with the subnet of the database", async () => {
    change(databaseSubnet, { delegations: [] });
    await says(
      "databaseSubnet",
      "failed",
      /is not delegated/,
      /subnet update --ids .* --delegations Microsoft.DBforPostgreSQL/,
    );
    change(databaseSubnet, { addressPrefixes: ["10.50.4.0/29"] });
    await says("databaseSubnet", "failed", /smaller than a \/28/, /./);
  });

  it("says that the private zone is not linked to the network, or not yet", async () => {
    const link = `${privateZone}/virtualNetworkLinks/corporate`;
    change(link, { virtualNetworkLinkState: "InProgress" });
    await says("privateZone", "failed", /link .* is InProgress/, /wait/);
    change(link, { virtualNetwork: { id: given("Microsoft.Network/virtualNetworks", "other") } });
    await says(
      "privateZone",
      "failed",
      /is not linked to .*corporate$/,
      /link vnet create --resource-group corporate --zone-name pg/,
    );
  });

  for (const [what, properties, top, reason] of [
    ["of SKU Basic", {}, { sku: { name: "Basic" } }, /SKU Basic/],
    [
      "global",
      {},
      { sku: { name: "Standard", tier: "Global" } },
      /tier Global, which only a load balancer across regions takes/,
    ],
    ["not static", { publicIPAllocationMethod: "Dynamic" }, {}, /not static/],
    ["not IPv4", { publicIPAddressVersion: "IPv6" }, {}, /version IPv6/],
    [
      "another's",
      { ipConfiguration: { id: "/subscriptions/x/resourceGroups/others/providers/y" } },
      {},
      /in use by .*others/,
    ],
    [
      "a gateway's",
      { natGateway: { id: "/subscriptions/x/resourceGroups/others/providers/nat" } },
      {},
      /in use by .*nat/,
    ],
  ] as const) {
    it(`says that the address is ${what}`, async () => {
      change(publicIp, properties, top);
      await says("address", "failed", reason, /public-ip create --sku Standard/);
    });
  }

  it("lets the address be in use by the cluster's own load balancer", async () => {
    const by = (group: string): void => {
      change(publicIp, { ipConfiguration: { id: `/subscriptions/x/resourceGroups/${group}/providers/lb` } });
    };
    by("spacelift-nodes");
    await says("address", "passed", /203/);
    await says("address", "failed", /in use/, /./, givenCluster);
    by("mc_corporate");
    await says("address", "passed", /203/, undefined, givenCluster);
  });

  it("says that the address would go with the cluster", async () => {
    change(cluster, { nodeResourceGroup: "corporate" });
    await says("address", "failed", /is in the resource group of the nodes/, /./, givenCluster);
  });

  it("says that the zone has records for the hosts already, unless they are its own", async () => {
    addResource(arm.world(), `${dnsZone}/A/spacelift`, {});
    await says("dnsZone", "failed", /has records already: A spacelift.example.com$/, /createRecords false/);
    addInstallation(arm.world());
    await says("dnsZone", "passed", /name servers are ns1/);
    addResource(arm.world(), `${dnsZone}/CNAME/spacelift`, {});
    await says("dnsZone", "failed", /CNAME spacelift.example.com/, /./);
  });

  for (const [what, properties, status, reason, fix] of [
    ["is stopped", { powerState: { code: "Stopped" } }, "failed", /is stopped/, /aks start/],
    ["is busy", { provisioningState: "Updating" }, "failed", /busy \(Updating\)/, /aks wait/],
    [
      "has no OIDC issuer",
      { oidcIssuerProfile: { enabled: false } },
      "failed",
      /no OIDC issuer/,
      /--enable-oidc-issuer/,
    ],
    [
      "has no workload identity",
      { securityProfile: {} },
      "failed",
      /no workload identity/,
      /--enable-workload-identity/,
    ],
    [
      "has no identity for its nodes",
      { identityProfile: {} },
      "failed",
      /for its nodes/,
      /--enable-managed-identity/,
    ],
    [
      "carries out no policies",
      { networkProfile: { networkPlugin: "azure" } },
      "warning",
      /no network policies/,
      /Cilium/,
    ],
    [
      "has no local accounts",
      { disableLocalAccounts: true },
      "warning",
      /local accounts switched off/,
      /kubelogin/,
    ],
  ] as const) {
    it(`says that the cluster ${what}`, async () => {
      change(cluster, properties);
      await says("cluster", status, reason, fix, givenCluster);
    });
  }

  it("says that the cluster has no identity", async () => {
    addResource(arm.world(), cluster, { ...clusterBody("MC_corporate"), identity: { type: "None" } });
    await says("cluster", "failed", /no managed identity/, /--enable-managed-identity/, givenCluster);
  });

  for (const [what, properties, status, reason, fix] of [
    [
      "permissions by repository",
      { roleAssignmentMode: "AbacRepositoryPermissions" },
      "failed",
      /by repository/,
      /--role-assignment-mode rbac/,
    ],
    [
      "no tokens of Azure",
      { policies: { azureADAuthenticationAsArmPolicy: { status: "disabled" } } },
      "failed",
      /no tokens/,
      /authentication-as-arm update --registry corporate/,
    ],
    [
      "no public access",
      { publicNetworkAccess: "Disabled" },
      "warning",
      /no public access/,
      /inside the network/,
    ],
  ] as const) {
    it(`says that the registry has ${what}`, async () => {
      change(registry, properties);
      await says("registry", status, reason, fix);
    });
  }

  for (const [what, properties, status, reason, fix] of [
    ["no blobs", { primaryEndpoints: {} }, "failed", /without blobs/, /StorageV2/],
    [
      "no public access",
      { publicNetworkAccess: "Disabled" },
      "warning",
      /no public access/,
      /--public-network-access Enabled/,
    ],
    [
      "a firewall",
      { networkAcls: { defaultAction: "Deny" } },
      "warning",
      /firewall/,
      /network-rule add --account-name corporatedata/,
    ],
  ] as const) {
    it(`says that the storage account has ${what}`, async () => {
      change(account, properties);
      await says("storage", status, reason, fix);
    });
  }

  it("warns of a storage account in another region", async () => {
    change(account, {}, { location: "northeurope" });
    await says("storage", "warning", /is in northeurope/, /westeurope/);
  });

  it("says that the workspace is not ready", async () => {
    change(workspace, { provisioningState: "Deleting" });
    await says("logAnalytics", "failed", /is Deleting/, /another/);
  });

  it("looks for the resource group that is not created", async () => {
    const config = configuredAks({ aks: { resourceGroup: { name: "theirs", create: false } } });
    await says(
      "group",
      "failed",
      /theirs does not exist/,
      /az group create .*--name theirs --location westeurope/,
      config,
    );
    addGroup(arm.world(), "theirs", { properties: { provisioningState: "Deleting" } });
    await says("group", "failed", /theirs is Deleting/, /./, config);
    addGroup(arm.world(), "theirs");
    await says("group", "passed", /theirs exists/, undefined, config);
  });

  it("goes on with the others when one may not be read", async () => {
    arm.world().faults.push({ path: /registries/, status: 403, code: "AuthorizationFailed", times: 9 });
    const results = await run();
    results.assert("azure.given.registry", "warning", /AuthorizationFailed/, /./);
    results.assert("azure.given.storage", "passed", /./);
  });
});
