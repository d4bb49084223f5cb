import type { AksSection } from "./settings";

/** The name of a size. */
export type AksSize = AksSection["size"];

/** A pool of nodes next to the system's. */
export interface PoolPlan {
  readonly name: string;
  /** `runs`: labelled and tainted for the workers alone. */
  readonly purpose: "services" | "runs";
  readonly vmSize: string;
  readonly minCount: number;
  readonly maxCount: number;
  /** @default - the zones of the installation */
  readonly zones?: readonly number[] | undefined;
}

/** What a size decides. Nothing in it is fixed when Azure makes a thing, so that one size can become another. */
export interface SizeDefaults {
  readonly tier: "Free" | "Standard";
  readonly systemPool: { readonly minCount: number; readonly maxCount: number };
  readonly pools: readonly PoolPlan[];
  readonly azurePolicy: boolean;
  readonly database: {
    readonly sku: string;
    readonly storageGb: number;
    readonly backupDays: number;
    readonly geoRedundantBackup: boolean;
    readonly highAvailability: boolean;
  };
  readonly storageSku: "Standard_ZRS" | "Standard_GZRS";
  readonly softDeleteDays: number;
  readonly registrySku: "Standard" | "Premium";
  /** Pods of each service of Spacelift: the chart has three, one is the least. */
  readonly replicas: number;
}

/** Four vCPU with a local disk for the operating system: the least that AKS recommends for a system pool. */
export const defaultVmSize = "Standard_D4ds_v5";

const pool = (name: string, purpose: PoolPlan["purpose"], minCount: number, maxCount: number): PoolPlan => ({
  name,
  purpose,
  vmSize: defaultVmSize,
  minCount,
  maxCount,
});

/**
 * The defaults of each size. `dev` keeps costs down; `prod` survives a zone; `ha` also survives a region, as far as
 * copies go. Zones and replication within a region are the same everywhere, as neither can be changed in place later, and
 * so are the fewest nodes of a pool: their count is the autoscaler's, and may not be below.
 */
export const sizes: Readonly<Record<AksSize, SizeDefaults>> = {
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
};
