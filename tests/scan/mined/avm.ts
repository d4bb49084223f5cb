import { at, each, type Judge, listAt, ofType, property, type } from "../judge";
import type { Configured, Trial } from "./trial";

type Tree = Readonly<Record<string, unknown>>;

/** A wrong value of a key below `aks`. */
const wrong = (path: string, value: unknown): Configured => ({
  settings: {
    aks: path.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), value),
  },
  key: `aks.${path}`,
  problem: /must/,
});
const pool = (field: string, value: unknown, others: Tree = {}): Configured => ({
  settings: { aks: { cluster: { pools: [{ name: "apps", ...others, [field]: value }] } } },
  key: `aks.cluster.pools[0].${field}`,
  problem: /must/,
});
const configuration = (...refused: readonly Configured[]): Trial => ({
  held: "configuration",
  wrong: refused,
});
const built = (judge: Judge): Trial => ({ held: "construction", judge });
const isOneOf = (value: unknown, ...wanted: readonly unknown[]): boolean => wanted.includes(value);

/** Every pool, in the cluster and beside it. */
const everyPool =
  (isRight: (properties: unknown) => boolean): Judge =>
  (template) => {
    const pools = [
      ...ofType(template, type.cluster).flatMap((one) => listAt(one, "properties.agentPoolProfiles")),
      ...ofType(template, type.pool).map(({ properties }) => properties),
    ];
    return pools.length > 1 && pools.every(isRight);
  };
const names = (kind: string, pattern: RegExp): Judge =>
  each(kind, ({ name }) => pattern.test(name.split("/").at(-1) ?? ""));
const prefixes = configuration(
  wrong("prefix", "Spacelift"),
  wrong("prefix", "s".repeat(13)),
  wrong("prefix", ""),
);
const locks = built(
  each("Microsoft.Authorization/locks", (one) => property(one, "level") === "CanNotDelete"),
);
const link = "Microsoft.Network/privateDnsZones/virtualNetworkLinks";

/**
 * Each line of the page by module and inputs, and how it is tried. The modules are Azure/terraform-azurerm-avm-res-…: their
 * `validation` and `precondition` blocks.
 */
export const avm: Readonly<Record<string, Trial>> = {
  "virtualnetwork: address_space, subnets": configuration(
    wrong("network.addressSpace", "10.30.0.0/33"),
    wrong("network.nodeCidr", "10.30.0"),
    wrong("network.databaseCidr", "databases"),
  ),
  "managedcluster: name": prefixes,
  "managedcluster: name of a pool": configuration(
    pool("name", ""),
    pool("name", "a".repeat(13)),
    pool("name", "Apps"),
  ),
  "managedcluster: names of pools": configuration(pool("name", "system")),
  "managedcluster: os_sku, os_disk_type": configuration(
    wrong("cluster.osSku", "Windows95"),
    wrong("cluster.osDisk", "Floppy"),
  ),
  "managedcluster: mode, os_type, type": built(
    everyPool(
      (one) =>
        isOneOf(at(one, "mode"), "System", "User") &&
        at(one, "osType") === "Linux" &&
        isOneOf(at(one, "type"), "VirtualMachineScaleSets", undefined),
    ),
  ),
  "managedcluster: drain_timeout_in_minutes": built(
    everyPool((one) => {
      const minutes = Number(at(one, "upgradeSettings.drainTimeoutInMinutes"));
      return minutes >= 1 && minutes <= 1440;
    }),
  ),
  "managedcluster: duration_hours, start_time": configuration(
    wrong("cluster.maintenance.hours", 3),
    wrong("cluster.maintenance.hours", 25),
    wrong("cluster.maintenance.startTime", "2 am"),
  ),
  "managedcluster: auto_upgrade_profile": configuration(
    wrong("cluster.upgradeChannel", "monthly"),
    wrong("cluster.nodeOsUpgradeChannel", "Weekly"),
  ),
  "managedcluster: dns_service_ip, pod_cidr, service_cidr": configuration(
    wrong("network.dnsServiceIp", "10.245.0"),
    wrong("network.podCidr", "10.244.0.0/33"),
    wrong("network.serviceCidr", "services"),
  ),
  "managedcluster: outbound_type": configuration(wrong("network.outboundType", "none")),
  "managedcluster: plugin, mode, dataplane, policy, load balancer": built(
    each(type.cluster, (cluster) => {
      const profile = property(cluster, "networkProfile");
      return (
        at(profile, "networkPlugin") === "azure" &&
        at(profile, "networkPluginMode") === "overlay" &&
        at(profile, "networkDataplane") === "cilium" &&
        at(profile, "networkPolicy") === "cilium" &&
        at(profile, "loadBalancerSku") === "standard"
      );
    }),
  ),
  "managedcluster: tier": configuration(wrong("cluster.tier", "Gold")),
  "managedcluster: workspace of the agent": built(
    each(
      type.cluster,
      (cluster) =>
        property(cluster, "addonProfiles.omsagent.enabled") === true &&
        property(cluster, "addonProfiles.omsagent.config.logAnalyticsWorkspaceResourceID") !== undefined,
    ),
  ),
  "storageaccount: name": prefixes,
  "storageaccount: days of deleted blobs and containers": configuration(
    wrong("storage.softDeleteDays", 0),
    wrong("storage.softDeleteDays", 366),
  ),
  "storageaccount: tier and replication": configuration(
    wrong("storage.sku", "Standard_XRS"),
    wrong("storage.sku", "Gold_LRS"),
  ),
  "storageaccount: kind": built(each(type.storage, (one) => at(one, "kind") === "StorageV2")),
  "storageaccount: lock": locks,
  "flexibleserver: lock": locks,
  "registry: name": prefixes,
  "registry: sku": configuration(wrong("registry.sku", "Classic")),
  "registry: what takes Premium": built(
    each(
      type.registry,
      (one) =>
        isOneOf(property(one, "zoneRedundancy"), "Disabled", undefined) &&
        ["networkRuleSet", "encryption"].every((key) => property(one, key) === undefined),
    ),
  ),
  "publicipaddress: name": built(names(type.address, /^[a-zA-Z0-9]([\w.-]{0,78}\w)?$/)),
  "publicipaddress: method, version, sku, tier": built(
    each(
      type.address,
      (one) =>
        property(one, "publicIPAllocationMethod") === "Static" &&
        isOneOf(property(one, "publicIPAddressVersion"), "IPv4", undefined) &&
        at(one, "sku.name") === "Standard" &&
        isOneOf(at(one, "sku.tier"), "Regional", undefined),
    ),
  ),
  "natgateway: sku, one zone": built(
    each(
      "Microsoft.Network/natGateways",
      (one) => at(one, "sku.name") === "Standard" && listAt(one, "zones").length <= 1,
    ),
  ),
  "privatednszone: name and network of a link": built(
    each(
      link,
      (one) =>
        /^[\w-]{1,79}$/.test(one.name.split("/").at(-1) ?? "") &&
        property(one, "virtualNetwork.id") !== undefined,
    ),
  ),
  "userassignedidentity: name": built(names(type.identity, /^[a-zA-Z0-9][\w-]{2,127}$/)),
  "networksecuritygroup: name": built(names(type.guard, /^[a-zA-Z0-9]([\w.-]{0,78}\w)?$/)),
};
