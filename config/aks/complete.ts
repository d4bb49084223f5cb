import type { AksSection } from "./settings";
import type { Settings } from "../settings";
import { type Range, addressCount, defaultDnsServiceIp, formatAddress, parseRange } from "./cidr";
import { hasPair, hasZones } from "./regions";
import { type PoolPlan, defaultVmSize, sizes } from "./sizes";

/** Where the operating system of a node is. */
export type OsDisk = "Ephemeral" | "Managed";

/** A pool of nodes with everything decided. */
export interface CompletePool extends Omit<PoolPlan, "zones"> {
  readonly zones: readonly string[];
  readonly osDisk: OsDisk;
}

/** The replication of a storage account. */
export type StorageSku = NonNullable<AksSection["storage"]["sku"]>;

/** {@link AksSection} with the size's defaults filled in: what is deployed, and so what the rules look at. */
export interface CompleteAks {
  readonly zones: readonly string[];
  readonly network: {
    readonly addressSpace: string;
    readonly nodeCidr: string;
    readonly databaseCidr: string;
    readonly podCidr: string;
    readonly serviceCidr: string;
    readonly dnsServiceIp: string;
  };
  readonly cluster: {
    readonly kubernetesVersion: string;
    readonly tier: "Free" | "Standard" | "Premium";
    readonly systemPool: {
      readonly vmSize: string;
      readonly minCount: number;
      readonly maxCount: number;
      readonly osDisk: OsDisk;
    };
    readonly pools: readonly CompletePool[];
    readonly azurePolicy: boolean;
  };
  readonly database: {
    readonly version: string;
    readonly sku: string;
    readonly storageGb: number;
    readonly backupDays: number;
    readonly geoRedundantBackup: boolean;
    readonly highAvailability: "Disabled" | "SameZone" | "ZoneRedundant";
    readonly name: string;
    readonly adminLogin: string;
  };
  readonly storage: { readonly sku: StorageSku; readonly softDeleteDays: number };
  readonly registry: { readonly sku: "Basic" | "Standard" | "Premium" };
  /** Pods of each service for which the operator chose no number. */
  readonly replicas: number;
}

/** Kubernetes as `az` would choose it: the newest minor but one. */
export const defaultKubernetesVersion = "1.36";

/** Minor versions that AKS takes for a new cluster without long-term support. */
export const supportedKubernetesVersions = ["1.34", "1.35", "1.36", "1.37"] as const;

/** Which address an ingress controller gets that is installed; none when it is not, or has no load balancer. */
export function ingressAddressKind({
  mode,
  serviceType = "LoadBalancer",
  internal,
}: Pick<Settings["ingress"], "mode" | "serviceType" | "internal">): "public" | "private" | "none" {
  if (mode === "existing" || serviceType !== "LoadBalancer") return "none";
  return internal ? "private" : "public";
}

/** Where a load balancer with a private address is, unless one is chosen: the last of the subnet that Azure does not keep. */
export const privateIngressAddress = (nodes: Range): string =>
  formatAddress(nodes.base + addressCount(nodes) - 2);

/** Fills in what the section leaves out: from its size, its region and the plan of the network. */
export function completeAks(section: AksSection): CompleteAks {
  const { network, cluster, database, storage, registry } = section;
  const size = sizes[section.size];
  const zones = section.zones?.map(String) ?? (hasZones(section.location) ? ["1", "2", "3"] : []);
  const serviceCidr = network.serviceCidr ?? "10.245.0.0/20";
  const services = parseRange(serviceCidr);
  const systemVmSize = cluster.systemPool.vmSize ?? defaultVmSize;
  // Of each pool by itself: Azure does not let it be changed, so that one more pool must not change it for the others.
  const osDisk = (vmSize: string): OsDisk =>
    cluster.osDisk ?? (hasRoomForSystem(vmSize) ? "Ephemeral" : "Managed");
  return {
    zones,
    network: {
      addressSpace: network.addressSpace ?? "10.30.0.0/16",
      nodeCidr: network.nodeCidr ?? "10.30.0.0/22",
      databaseCidr: network.databaseCidr ?? "10.30.4.0/26",
      podCidr: network.podCidr ?? "10.244.0.0/16",
      serviceCidr,
      dnsServiceIp: network.dnsServiceIp ?? (services ? defaultDnsServiceIp(services) : ""),
    },
    cluster: {
      kubernetesVersion: cluster.kubernetesVersion ?? defaultKubernetesVersion,
      tier: cluster.tier ?? size.tier,
      systemPool: {
        vmSize: systemVmSize,
        minCount: cluster.systemPool.minCount ?? size.systemPool.minCount,
        maxCount: cluster.systemPool.maxCount ?? size.systemPool.maxCount,
        osDisk: osDisk(systemVmSize),
      },
      pools: (cluster.pools ?? size.pools).map((pool) => ({
        ...pool,
        zones: pool.zones?.map(String) ?? zones,
        osDisk: osDisk(pool.vmSize),
      })),
      azurePolicy: cluster.azurePolicy ?? size.azurePolicy,
    },
    database: {
      version: String(database.version ?? 17),
      sku: database.sku ?? size.database.sku,
      storageGb: database.storageGb ?? size.database.storageGb,
      backupDays: database.backupDays ?? size.database.backupDays,
      geoRedundantBackup:
        database.geoRedundantBackup ?? (size.database.geoRedundantBackup && hasPair(section.location)),
      highAvailability: database.highAvailability ?? defaultAvailability(section, zones),
      name: database.name ?? "spacelift",
      adminLogin: database.adminLogin ?? "spacelift",
    },
    storage: {
      sku: storage.sku ?? defaultReplication(section),
      softDeleteDays: storage.softDeleteDays ?? size.softDeleteDays,
    },
    registry: { sku: registry.sku ?? size.registrySku },
    replicas: size.replicas,
  };
}

function defaultAvailability(
  { size, database }: AksSection,
  zones: readonly string[],
): CompleteAks["database"]["highAvailability"] {
  const wanted = sizes[size].database.highAvailability;
  // A burstable server has no standby: whoever chooses one has chosen against it.
  if (!wanted || isBurstable(database.sku ?? sizes[size].database.sku)) return "Disabled";
  return zones.length > 1 ? "ZoneRedundant" : "SameZone";
}

function defaultReplication({ size, location }: AksSection): StorageSku {
  const acrossRegions = sizes[size].storageSku === "Standard_GZRS" && hasPair(location);
  if (hasZones(location)) return acrossRegions ? "Standard_GZRS" : "Standard_ZRS";
  return acrossRegions ? "Standard_GRS" : "Standard_LRS";
}

/** Whether a size of a database server belongs to the burstable tier. */
export const isBurstable = (sku: string): boolean => /^Standard_B/.test(sku);

/** The tier that a size of a database server belongs to. */
export function databaseTier(sku: string): "Burstable" | "GeneralPurpose" | "MemoryOptimized" {
  if (isBurstable(sku)) return "Burstable";
  return /^Standard_E/.test(sku) ? "MemoryOptimized" : "GeneralPurpose";
}

/**
 * Whether the local disk of a node has room for its operating system. There is one with `d` among the letters behind the
 * number, of 37 GB or more for each processor; AKS gives the system at least 128 GB.
 */
export function hasRoomForSystem(vmSize: string): boolean {
  const processors = /^Standard_[A-Z]+(\d+)[a-z]*d[a-z]*(?:_v\d+)?$/.exec(vmSize)?.[1];
  return processors !== undefined && Number(processors) >= 4;
}
