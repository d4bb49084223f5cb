import type { PlaintextSecrets } from "../secrets";
import type { ReadableSettings } from "../settings";
import { type Range, addressCount, defaultDnsServiceIp, formatAddress, parseRange } from "./cidr";
import { hasPair, hasZones, postgresDomains } from "./regions";
import { parseResourceId } from "./formats";
import type {
  CompleteAks,
  ExistingClusterOptions,
  ExistingNetwork,
  ExistingResource,
  IngressAddress,
  NewCluster,
  NewDatabase,
  NewNetwork,
  NewResource,
  NewStorage,
  OsDisk,
} from "./parts";
import type { AksSection } from "./settings";
import type { PoolSettings } from "./settings/cluster";
import { databaseTier, defaultVmSize, defaults, hasRoomForSystem, isBurstable, sizes } from "./sizes";

/** What decides about the parts of the platform, beside the section. */
type Surroundings = Pick<ReadableSettings, "ingress" | "mqtt">;

/** Decides everything that the section leaves open. */
export function completeAks(
  section: AksSection,
  { ingress, mqtt }: Surroundings = {},
  { databaseUrl }: Pick<PlaintextSecrets, "databaseUrl"> = {},
): CompleteAks {
  const { subscriptionId, location, cloud, tags, prefix, resourceGroup, locks, dns, registry } = section;
  const zones = section.zones?.map(String) ?? (hasZones(location) ? ["1", "2", "3"] : []);
  const size = sizes[section.size];
  const network = completeNetwork(section);
  const address = ingressAddress(section, ingress);
  return {
    subscriptionId,
    location,
    cloud,
    tags,
    prefix,
    resourceGroup,
    locks,
    zones,
    network,
    cluster: completeCluster(section, zones),
    database: databaseUrl === undefined ? newDatabase(section, zones) : { kind: "existing" },
    storage: newOrExisting(section.storage.accountId, () => newStorage(section)),
    registry: {
      main: newOrExisting(registry.id, newResource),
      sku: registry.sku ?? size.registrySku,
      anonymousLauncher: registry.anonymousLauncher,
    },
    address,
    brokerAddress: mqtt?.staticAddress ? newResource() : undefined,
    egress: egressOf(section, network, address),
    dnsZone: existing(dns.zoneId),
    alerts: section.alerts,
    replicas: size.replicas,
  };
}

const newResource = (): NewResource => ({ kind: "new" });

function existing(id: undefined): undefined;
function existing(id: string): ExistingResource;
function existing(id: string | undefined): ExistingResource | undefined;
function existing(id: string | undefined): ExistingResource | undefined {
  if (id === undefined) return undefined;
  const parsed = parseResourceId(id);
  if (!parsed) throw new Error(`bug: an id, ${id}, passed the checks of its format`);
  return { kind: "existing", id, resourceGroup: parsed.resourceGroup, name: parsed.name };
}

const newOrExisting = <T>(id: string | undefined, create: () => T): T | ExistingResource =>
  existing(id) ?? create();

function completeNetwork({ network, cluster }: AksSection): NewNetwork | ExistingNetwork {
  const { nodeSubnetId, databaseSubnetId, natGateway } = network;
  if (nodeSubnetId !== undefined || databaseSubnetId !== undefined || cluster.existingId !== undefined) {
    const outboundType = network.outboundType ?? defaults.outboundType;
    return { kind: "existing", nodeSubnetId, databaseSubnetId, outboundType };
  }
  return {
    kind: "new",
    addressSpace: network.addressSpace ?? defaults.addressSpace,
    nodeCidr: network.nodeCidr ?? defaults.nodeCidr,
    databaseCidr: network.databaseCidr ?? defaults.databaseCidr,
    natGateway,
  };
}

function completeCluster(section: AksSection, zones: readonly string[]): NewCluster | ExistingClusterOptions {
  const { cluster, network, location } = section;
  if (cluster.existingId !== undefined) {
    return { ...existing(cluster.existingId), assignRoles: cluster.assignRoles };
  }
  const size = sizes[section.size];
  const serviceCidr = network.serviceCidr ?? defaults.serviceCidr;
  const services = parseRange(serviceCidr);
  const pools: readonly PoolSettings[] = cluster.pools ?? size.pools;
  // Of each pool by itself: Azure does not let it be changed, so that one more pool must not change it for the others.
  const osDisk = (vmSize: string): OsDisk =>
    cluster.osDisk ?? (hasRoomForSystem(vmSize) ? "Ephemeral" : "Managed");
  const { vmSize = defaultVmSize, minCount, maxCount } = cluster.systemPool;
  const { logAnalyticsWorkspaceId: workspaceId } = cluster;
  return {
    kind: "new",
    osSku: cluster.osSku,
    encryptionAtHost: cluster.encryptionAtHost,
    entra: cluster.entra,
    upgradeChannel: cluster.upgradeChannel,
    nodeOsUpgradeChannel: cluster.nodeOsUpgradeChannel,
    maintenance: cluster.maintenance,
    private: cluster.private,
    kubernetesVersion: cluster.kubernetesVersion ?? defaults.kubernetesVersion,
    tier: cluster.tier ?? size.tier,
    systemPool: {
      name: "system",
      purpose: "system",
      vmSize,
      zones,
      osDisk: osDisk(vmSize),
      minCount: minCount ?? size.systemPool.minCount,
      maxCount: maxCount ?? size.systemPool.maxCount,
    },
    pools: pools.map((pool) => ({
      ...pool,
      zones: pool.zones?.map(String) ?? zones,
      osDisk: osDisk(pool.vmSize),
    })),
    podCidr: network.podCidr ?? defaults.podCidr,
    serviceCidr,
    dnsServiceIp: network.dnsServiceIp ?? (services ? defaultDnsServiceIp(services) : ""),
    // To Azure, none means everybody.
    authorizedRanges: (cluster.authorizedRanges ?? []).filter((range) => range !== "0.0.0.0/0"),
    azurePolicy: cluster.azurePolicy ?? size.azurePolicy,
    logAnalytics:
      workspaceId === undefined
        ? undefined
        : { workspaceId, location: cluster.logAnalyticsLocation ?? location },
  };
}

function newDatabase(section: AksSection, zones: readonly string[]): NewDatabase {
  const { database, location, cloud, network } = section;
  const { database: size } = sizes[section.size];
  const sku = database.sku ?? size.sku;
  return {
    kind: "new",
    sku,
    tier: databaseTier(sku),
    maintenance: database.maintenance,
    readReplica: database.readReplica,
    parameters: database.parameters,
    entraAdmin: database.entraAdmin,
    version: String(database.version ?? defaults.postgresVersion),
    storageGb: database.storageGb ?? size.storageGb,
    backupDays: database.backupDays ?? size.backupDays,
    geoRedundantBackup: database.geoRedundantBackup ?? (size.geoRedundantBackup && hasPair(location)),
    highAvailability: database.highAvailability ?? defaultAvailability(size.highAvailability, sku, zones),
    databaseName: database.name ?? defaults.databaseName,
    adminLogin: database.adminLogin ?? defaults.databaseName,
    domain: postgresDomains[cloud],
    zone: newOrExisting(network.privateDnsZoneId, newResource),
  };
}

function defaultAvailability(
  isWanted: boolean,
  sku: string,
  zones: readonly string[],
): NewDatabase["highAvailability"] {
  // A burstable server has no standby: whoever chooses one has chosen against it.
  if (!isWanted || isBurstable(sku)) return "Disabled";
  return zones.length > 1 ? "ZoneRedundant" : "SameZone";
}

function newStorage({ storage, size, location }: AksSection): NewStorage {
  const { allowSharedKeys, allowedRanges } = storage;
  const acrossRegions = sizes[size].storageSku === "Standard_GZRS" && hasPair(location);
  const [zonal, other] = acrossRegions
    ? (["Standard_GZRS", "Standard_GRS"] as const)
    : (["Standard_ZRS", "Standard_LRS"] as const);
  return {
    kind: "new",
    allowSharedKeys,
    allowedRanges,
    sku: storage.sku ?? (hasZones(location) ? zonal : other),
    softDeleteDays: storage.softDeleteDays ?? sizes[size].softDeleteDays,
  };
}

function ingressAddress({ network }: AksSection, ingress: Surroundings["ingress"]): IngressAddress {
  const { mode, serviceType = "LoadBalancer", internal } = ingress ?? { mode: "existing" };
  if (mode === "existing" || serviceType !== "LoadBalancer") return { kind: "none" };
  if (!internal) return newOrExisting(network.publicIpId, newResource);
  const nodes = parseRange(network.nodeCidr ?? defaults.nodeCidr);
  const address = ingress?.address ?? (nodes ? privateIngressAddress(nodes) : "");
  return { kind: "private", address, subnet: existing(network.ingressSubnetId) };
}

/**
 * The addresses of the load balancer are in the group that AKS makes for the nodes. Whoever deploys may look into it when
 * allowed to create groups; rights on an existing group alone end there.
 */
function egressOf(
  { cluster, resourceGroup }: AksSection,
  network: NewNetwork | ExistingNetwork,
  address: IngressAddress,
): CompleteAks["egress"] {
  if (cluster.existingId !== undefined) return undefined;
  if (network.kind === "new" && network.natGateway) return "natGateway";
  if (network.kind === "existing" && network.outboundType !== "loadBalancer") return undefined;
  return resourceGroup.create || address.kind === "new" ? "loadBalancer" : undefined;
}

/** Where a load balancer with a private address is, unless one is chosen: the last of the subnet that Azure does not keep. */
export const privateIngressAddress = (nodes: Range): string =>
  formatAddress(nodes.base + addressCount(nodes) - 2);
