import type { ArmResource, ArmTemplate } from "../arm-template";
import { at, each, type Judge, listAt, ofType, property, type } from "../judge";

const named = (type: string, pattern: RegExp): Judge =>
  each(type, ({ name }) => pattern.test(name.split("/").at(-1) ?? ""));

const onCluster = (isRight: (cluster: ArmResource) => boolean): Judge => each(type.cluster, isRight);
const clusterHas = (path: string, wanted: unknown): Judge =>
  onCluster((cluster) => property(cluster, path) === wanted);

/** The pools of the cluster: those inside of it, and those beside. */
const poolsOf = (template: ArmTemplate): readonly unknown[] => [
  ...ofType(template, type.cluster).flatMap((cluster) => listAt(cluster, "properties.agentPoolProfiles")),
  ...ofType(template, type.pool).map(({ properties }) => properties),
];
const everyPool =
  (isRight: (pool: unknown) => boolean): Judge =>
  (template) =>
    poolsOf(template).length > 0 && poolsOf(template).every(isRight);
const userPools =
  (isRight: (pool: unknown) => boolean): Judge =>
  (template) =>
    poolsOf(template)
      .filter((pool) => at(pool, "mode") === "User")
      .every(isRight);

/** Whether the control plane's log has one of each of some categories. */
const logs =
  (...wanted: readonly (readonly string[])[]): Judge =>
  (template) => {
    const kept = ofType(template, type.diagnostics)
      .flatMap((setting) => [...listAt(setting, "properties.logs"), ...listAt(setting, "properties.metrics")])
      .filter((log) => at(log, "enabled") === true)
      .map((log) => String(at(log, "category")));
    return wanted.every((either) => either.some((category) => kept.includes(category)));
  };

const none =
  (unwanted: string): Judge =>
  (template) =>
    ofType(template, unwanted).length === 0;

const rulesOf = (guard: ArmResource): readonly unknown[] => listAt(guard, "properties.securityRules");
const isOpen = (source: unknown): boolean => ["*", "Internet", "0.0.0.0/0", "Any"].includes(String(source));

const isTagged = (resource: ArmResource): boolean =>
  resource["tags"] === undefined || Object.keys(resource["tags"] as object).length > 0;

const zones = ["1", "2", "3"];
const inZones = (value: unknown): boolean => zones.every((zone) => listAt(value, "zones").includes(zone));

const server = (path: string, wanted: unknown): Judge =>
  each(type.server, (each) => property(each, path) === wanted);
const account = (path: string, ...wanted: readonly unknown[]): Judge =>
  each(type.storage, (each) => wanted.includes(property(each, path)));
const registry = (path: string, ...wanted: readonly unknown[]): Judge =>
  each(type.registry, (each) => wanted.includes(property(each, path)));

/**
 * The rules of PSRule for Azure that a template can be held against, in our own words. Names, defaults and thresholds are
 * those of its documentation (github.com/Azure/PSRule.Rules.Azure, docs/en/rules).
 */
export const judges: Readonly<Record<string, Judge>> = {
  "Azure.ResourceGroup.Name": named(type.group, /^[\w().-]{0,89}[\w()-]$/),
  "Azure.Resource.UseTags": ({ resources }) => resources.every(isTagged),
  "Azure.Identity.UserAssignedName": named(type.identity, /^[a-zA-Z0-9][\w-]{2,127}$/),

  "Azure.AKS.AuditLogs": logs(["kube-audit", "kube-audit-admin"], ["guard"]),
  "Azure.AKS.AuthorizedIPs": onCluster(
    (cluster) =>
      listAt(cluster, "properties.apiServerAccessProfile.authorizedIPRanges").length > 0 ||
      property(cluster, "apiServerAccessProfile.enablePrivateCluster") === true,
  ),
  "Azure.AKS.AutoScaling": everyPool((pool) => at(pool, "enableAutoScaling") === true),
  "Azure.AKS.AutoUpgrade": onCluster(
    (cluster) =>
      !["none", undefined].includes(property(cluster, "autoUpgradeProfile.upgradeChannel") as string),
  ),
  "Azure.AKS.AvailabilityZone": everyPool((pool) =>
    zones.every((zone) => listAt(pool, "availabilityZones").includes(zone)),
  ),
  "Azure.AKS.AzurePolicyAddOn": clusterHas("addonProfiles.azurepolicy.enabled", true),
  "Azure.AKS.AzureRBAC": clusterHas("aadProfile.enableAzureRBAC", true),
  "Azure.AKS.CNISubnetSize": each(
    type.subnet,
    (subnet) =>
      listAt(subnet, "properties.delegations").length > 0 ||
      Number(String(property(subnet, "addressPrefix")).split("/")[1]) <= 23,
  ),
  "Azure.AKS.ContainerInsights": clusterHas("addonProfiles.omsagent.enabled", true),
  "Azure.AKS.DefenderProfile": clusterHas("securityProfile.defender.securityMonitoring.enabled", true),
  "Azure.AKS.DNSPrefix": onCluster((cluster) =>
    /^[a-zA-Z0-9]([a-zA-Z0-9-]{0,52}[a-zA-Z0-9])?$/.test(String(property(cluster, "dnsPrefix"))),
  ),
  "Azure.AKS.EphemeralOSDisk": everyPool((pool) => at(pool, "osDiskType") === "Ephemeral"),
  "Azure.AKS.HttpAppRouting": onCluster(
    (cluster) => property(cluster, "addonProfiles.httpApplicationRouting.enabled") !== true,
  ),
  "Azure.AKS.LocalAccounts": clusterHas("disableLocalAccounts", true),
  "Azure.AKS.ManagedAAD": clusterHas("aadProfile.managed", true),
  "Azure.AKS.ManagedIdentity": onCluster((cluster) => at(cluster, "identity.type") === "UserAssigned"),
  "Azure.AKS.MinNodeCount": (template) =>
    poolsOf(template).reduce<number>((sum, pool) => sum + Number(at(pool, "minCount")), 0) >= 3,
  "Azure.AKS.MinUserPoolNodes": userPools((pool) => Number(at(pool, "minCount")) >= 3),
  "Azure.AKS.Name": named(type.cluster, /^[a-zA-Z0-9][\w-]{0,61}[a-zA-Z0-9]$/),
  "Azure.AKS.NetworkPolicy": onCluster(
    (cluster) => property(cluster, "networkProfile.networkPolicy") !== undefined,
  ),
  "Azure.AKS.NodeAutoUpgrade": onCluster(
    (cluster) =>
      !["None", "Unmanaged", undefined].includes(
        property(cluster, "autoUpgradeProfile.nodeOSUpgradeChannel") as string,
      ),
  ),
  "Azure.AKS.NodeMinPods": everyPool((pool) => Number(at(pool, "maxPods")) >= 50),
  "Azure.AKS.PlatformLogs": logs(
    ["cluster-autoscaler"],
    ["kube-apiserver"],
    ["kube-controller-manager"],
    ["kube-scheduler"],
    ["AllMetrics"],
  ),
  "Azure.AKS.PoolScaleSet": onCluster((cluster) =>
    listAt(cluster, "properties.agentPoolProfiles").every(
      (pool) => at(pool, "type") === "VirtualMachineScaleSets",
    ),
  ),
  "Azure.AKS.PoolVersion": (template) => {
    const [cluster] = ofType(template, type.cluster);
    const version = cluster && property(cluster, "kubernetesVersion");
    return poolsOf(template).every((pool) => at(pool, "orchestratorVersion") === version);
  },
  "Azure.AKS.SecretStore": clusterHas("addonProfiles.azureKeyvaultSecretsProvider.enabled", true),
  "Azure.AKS.SecretStoreRotation": clusterHas(
    "addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation",
    true,
  ),
  "Azure.AKS.StandardLB": clusterHas("networkProfile.loadBalancerSku", "standard"),
  "Azure.AKS.UptimeSLA": onCluster((cluster) => at(cluster, "sku.tier") === "Standard"),
  "Azure.AKS.UseRBAC": clusterHas("enableRBAC", true),

  "Azure.ACR.AdminUser": registry("adminUserEnabled", false),
  "Azure.ACR.AnonymousAccess": registry("anonymousPullEnabled", false),
  "Azure.ACR.ContentTrust": registry("policies.trustPolicy.status", "enabled"),
  "Azure.ACR.Firewall": registry("publicNetworkAccess", "Disabled"),
  "Azure.ACR.GeoReplica": (template) =>
    ofType(template, "Microsoft.ContainerRegistry/registries/replications").length > 0,
  "Azure.ACR.MinSku": each(type.registry, (each) =>
    ["Standard", "Premium"].includes(String(at(each, "sku.name"))),
  ),
  "Azure.ACR.Name": named(type.registry, /^[a-zA-Z0-9]{5,50}$/),
  "Azure.ACR.Quarantine": registry("policies.quarantinePolicy.status", "enabled"),
  "Azure.ACR.Retention": registry("policies.retentionPolicy.status", "enabled"),
  "Azure.ACR.SoftDelete": registry("policies.softDeletePolicy.status", "enabled"),

  "Azure.PostgreSQL.AAD": server("authConfig.activeDirectoryAuth", "Enabled"),
  "Azure.PostgreSQL.AADOnly": server("authConfig.passwordAuth", "Disabled"),
  "Azure.PostgreSQL.AllowAzureAccess": none(type.firewall),
  "Azure.PostgreSQL.FirewallIPRange": none(type.firewall),
  "Azure.PostgreSQL.FirewallRuleCount": none(type.firewall),
  "Azure.PostgreSQL.GeoRedundantBackup": server("backup.geoRedundantBackup", "Enabled"),
  "Azure.PostgreSQL.ServerName": named(type.server, /^[a-z0-9]([a-z0-9-]{1,61}[a-z0-9])$/),
  "Azure.PostgreSQL.ZoneRedundantHA": server("highAvailability.mode", "ZoneRedundant"),

  "Azure.Storage.BlobAccessType": each(type.container, (each) => property(each, "publicAccess") === "None"),
  "Azure.Storage.BlobPublicAccess": account("allowBlobPublicAccess", false),
  "Azure.Storage.ContainerSoftDelete": each(
    type.objects,
    (each) => property(each, "containerDeleteRetentionPolicy.enabled") === true,
  ),
  "Azure.Storage.Firewall": account("networkAcls.defaultAction", "Deny"),
  "Azure.Storage.MinTLS": account("minimumTlsVersion", "TLS1_2", "TLS1_3"),
  "Azure.Storage.Name": named(type.storage, /^[a-z0-9]{3,24}$/),
  "Azure.Storage.SecureTransfer": account("supportsHttpsTrafficOnly", true),
  "Azure.Storage.SoftDelete": each(
    type.objects,
    (each) => property(each, "deleteRetentionPolicy.enabled") === true,
  ),
  "Azure.Storage.UseReplication": each(type.storage, (each) => /G(Z)?RS$/.test(String(at(each, "sku.name")))),

  "Azure.PublicIP.AvailabilityZone": each(type.address, inZones),
  "Azure.PublicIP.DNSLabel": each(type.address, (each) => property(each, "dnsSettings") === undefined),
  "Azure.PublicIP.MigrateStandard": each(type.address, (each) => at(each, "sku.name") === "Standard"),
  "Azure.PublicIP.Name": named(type.address, /^[a-zA-Z0-9][\w.-]{0,78}\w$/),
  "Azure.PublicIP.StandardSKU": each(type.address, (each) => at(each, "sku.name") === "Standard"),

  "Azure.NSG.AnyInboundSource": each(type.guard, (guard) =>
    rulesOf(guard).every(
      (rule) =>
        property(rule, "direction") !== "Inbound" ||
        property(rule, "access") !== "Allow" ||
        !isOpen(property(rule, "sourceAddressPrefix")),
    ),
  ),
  "Azure.NSG.Associated": (template) =>
    ofType(template, type.subnet).some((subnet) => property(subnet, "networkSecurityGroup.id") !== undefined),
  "Azure.NSG.DenyAllInbound": each(type.guard, (guard) =>
    rulesOf(guard).every(
      (rule) =>
        property(rule, "direction") !== "Inbound" ||
        property(rule, "access") !== "Deny" ||
        !isOpen(property(rule, "sourceAddressPrefix")),
    ),
  ),
  "Azure.NSG.LateralTraversal": each(type.guard, (guard) =>
    rulesOf(guard).some(
      (rule) => property(rule, "direction") === "Outbound" && property(rule, "access") === "Deny",
    ),
  ),
  "Azure.NSG.Name": named(type.guard, /^[a-zA-Z0-9][\w.-]{0,78}\w$/),

  "Azure.VNET.BastionSubnet": (template) =>
    ofType(template, type.subnet).every(({ name }) => !name.endsWith("/GatewaySubnet")),
  "Azure.VNET.FirewallSubnet": (template) =>
    ofType(template, type.subnet).some(({ name }) => name.endsWith("/AzureFirewallSubnet")),
  "Azure.VNET.LocalDNS": each(type.network, (each) => property(each, "dhcpOptions") === undefined),
  "Azure.VNET.Name": named(type.network, /^[a-zA-Z0-9][\w.-]{0,62}\w$/),
  "Azure.VNET.PeerState": none("Microsoft.Network/virtualNetworks/virtualNetworkPeerings"),
  "Azure.VNET.SingleDNS": each(type.network, (each) => property(each, "dhcpOptions") === undefined),
  "Azure.VNET.SubnetName": named(type.subnet, /^[a-zA-Z0-9][\w.-]{0,78}\w$/),
  "Azure.VNET.UseNSGs": each(
    type.subnet,
    (subnet) => property(subnet, "networkSecurityGroup.id") !== undefined,
  ),
};
