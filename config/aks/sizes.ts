/** Four vCPU with a local disk for the operating system: the least that AKS recommends for a system pool. */
export const defaultVmSize = "Standard_D4ds_v5";

/** What is chosen for an installation of any size, where the operator chooses nothing. */
export const defaults = {
  addressSpace: "10.30.0.0/16",
  nodeCidr: "10.30.0.0/22",
  databaseCidr: "10.30.4.0/26",
  podCidr: "10.244.0.0/16",
  serviceCidr: "10.245.0.0/20",
  outboundType: "loadBalancer",
  /** Kubernetes as `az` would choose it: the newest minor but one. */
  kubernetesVersion: "1.36",
  postgresVersion: 17,
  /** Of the database and of its administrator's login. */
  databaseName: "spacelift",
} as const;

const pool = <const P>(name: string, purpose: P, minCount: number, maxCount: number) => ({
  name,
  purpose,
  vmSize: defaultVmSize,
  minCount,
  maxCount,
});

/**
 * The defaults of each size. `dev` keeps costs down; `prod` survives a zone; `ha` also survives a region, as far as
 * copies go. Nothing in it is fixed when Azure creates a thing, so that one size can become another: zones and replication
 * within a region are the same everywhere, as neither can be changed in place later, and so are the fewest nodes of a
 * pool, whose count is the autoscaler's and may not be below.
 */
export const sizes = {
  dev: {
    tier: "Free",
    systemPool: { minCount: 2, maxCount: 3 },
    pools: [],
    azurePolicy: false,
    database: {
      sku: "Standard_B2s",
      storageGb: 32,
      backupDays: 7,
      geoRedundantBackup: false,
      highAvailability: false,
    },
    storageSku: "Standard_ZRS",
    softDeleteDays: 7,
    registrySku: "Standard",
    // Pods of each service of Spacelift.
    replicas: 1,
  },
  prod: {
    tier: "Standard",
    systemPool: { minCount: 2, maxCount: 3 },
    pools: [pool("apps", "services", 3, 6), pool("runs", "runs", 1, 6)],
    azurePolicy: true,
    database: {
      sku: "Standard_D4ds_v5",
      storageGb: 128,
      backupDays: 35,
      geoRedundantBackup: false,
      highAvailability: true,
    },
    storageSku: "Standard_ZRS",
    softDeleteDays: 30,
    registrySku: "Standard",
    replicas: 3,
  },
  ha: {
    tier: "Standard",
    systemPool: { minCount: 2, maxCount: 5 },
    pools: [pool("apps", "services", 3, 9), pool("runs", "runs", 1, 12)],
    azurePolicy: true,
    database: {
      sku: "Standard_D8ds_v5",
      storageGb: 256,
      backupDays: 35,
      geoRedundantBackup: true,
      highAvailability: true,
    },
    storageSku: "Standard_GZRS",
    softDeleteDays: 30,
    registrySku: "Premium",
    replicas: 3,
  },
} as const;

/** Says what a default is by size, as in "7 for size `dev`, otherwise 35". */
export function bySize(choose: (size: (typeof sizes)[keyof typeof sizes]) => string | number): string {
  const [dev, prod, ha] = [choose(sizes.dev), choose(sizes.prod), choose(sizes.ha)];
  if (dev === prod) return prod === ha ? String(dev) : `${dev}, for size \`ha\` ${ha}`;
  const rest = prod === ha ? `otherwise ${prod}` : `${prod} for \`prod\`, ${ha} for \`ha\``;
  return `${dev} for size \`dev\`, ${rest}`;
}

/** Whether a size of a database server belongs to the burstable tier. */
export const isBurstable = (sku: string): boolean => /^Standard_B/.test(sku);

export type DatabaseTier = "Burstable" | "GeneralPurpose" | "MemoryOptimized";

export function databaseTier(sku: string): DatabaseTier {
  if (isBurstable(sku)) return "Burstable";
  return /^Standard_E/.test(sku) ? "MemoryOptimized" : "GeneralPurpose";
}

/** Processors of a size of machines, or more: what its number says, and in the series G the power of two. */
export function processorsOf(vmSize: string): number {
  const [, series = "", number] = /^Standard_([A-Z]+)(\d+)/.exec(vmSize) ?? [];
  return /^GS?$/.test(series) ? 2 ** Number(number) : Number(number);
}

/**
 * Whether the local disk of a node has room for its operating system. There is one with `d` among the letters behind the
 * number, of 37 GB or more for each processor; AKS gives the system at least 128 GB.
 */
export function hasRoomForSystem(vmSize: string): boolean {
  const processors = /^Standard_[A-Z]+(\d+)[a-z]*d[a-z]*(?:_v\d+)?$/.exec(vmSize)?.[1];
  return processors !== undefined && Number(processors) >= 4;
}
