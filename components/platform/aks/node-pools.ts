import type { Input } from "@pulumi/pulumi";
import type { NewCluster, NodePool } from "../../../config/aks/parts";
import { defined } from "../../json";

/** What all pools of a cluster have in common. Azure upgrades the nodes of a pool only when its own version is raised. */
export interface PoolOptions extends Pick<
  NewCluster,
  "kubernetesVersion" | "osSku" | "encryptionAtHost" | "pools"
> {
  /** How long a run may take at most, which an upgrade of its node waits for. @default 70, as the controller has it */
  readonly longestRunMinutes?: number | undefined;
}

/** Time for what else runs on a node to move, and for the last of a run. */
const drainMinutes = 30;
/** The longest that Azure waits. */
const longestDrainMinutes = 1440;

/** Label and taint of the nodes for workers. */
const runsKey = "spacelift.io/runs";

/** How workers get to the nodes that are theirs. */
export const runsPlacement = {
  nodeSelector: { [runsKey]: "true" },
  tolerations: [{ key: runsKey, operator: "Equal", value: "true", effect: "NoSchedule" }],
} as const;

const taints = {
  system: ["CriticalAddonsOnly=true:NoSchedule"],
  services: [],
  runs: [`${runsKey}=true:NoSchedule`],
} as const satisfies Record<NodePool["purpose"], readonly string[]>;

/** What Azure is told about a pool, whether in the cluster or on its own. */
export interface PoolProperties {
  readonly orchestratorVersion: string;
  readonly osType: "Linux";
  readonly osSKU: string;
  readonly osDiskType: string;
  readonly vmSize: string;
  readonly enableAutoScaling: true;
  readonly count: number;
  readonly minCount: number;
  readonly maxCount: number;
  readonly maxPods: number;
  readonly enableNodePublicIP: false;
  readonly enableEncryptionAtHost?: boolean;
  readonly availabilityZones?: string[];
  readonly nodeTaints?: string[];
  readonly nodeLabels?: Record<string, string>;
  readonly vnetSubnetID: Input<string>;
  readonly upgradeSettings: { readonly maxSurge: string; readonly drainTimeoutInMinutes: number };
}

/** Whether runs may be on the nodes of a pool: they have their own, or go anywhere. */
const hasRuns = (pool: NodePool, pools: readonly NodePool[]): boolean =>
  pool.purpose === "runs" || !pools.some(({ purpose }) => purpose === "runs");

/**
 * The properties of a pool.
 *
 * @param tainted whether a system pool is for the cluster's own pods alone, which takes another pool for the rest
 */
export function poolProperties(
  pool: NodePool,
  options: PoolOptions,
  vnetSubnetID: Input<string>,
  tainted = true,
): PoolProperties {
  const nodeTaints = tainted ? [...taints[pool.purpose]] : [];
  return defined({
    orchestratorVersion: options.kubernetesVersion,
    osType: "Linux",
    osSKU: options.osSku,
    osDiskType: pool.osDisk,
    vmSize: pool.vmSize,
    enableAutoScaling: true,
    count: pool.minCount,
    minCount: pool.minCount,
    maxCount: pool.maxCount,
    maxPods: 110,
    enableNodePublicIP: false,
    enableEncryptionAtHost: options.encryptionAtHost ? true : undefined,
    availabilityZones: pool.zones.length > 0 ? [...pool.zones] : undefined,
    nodeTaints: nodeTaints.length > 0 ? nodeTaints : undefined,
    nodeLabels: pool.purpose === "runs" ? { [runsKey]: "true" } : undefined,
    vnetSubnetID,
    upgradeSettings: {
      // A third of a pool at a time. As a plain number it would be nodes, not percent.
      maxSurge: "33%",
      drainTimeoutInMinutes: hasRuns(pool, options.pools)
        ? Math.min((options.longestRunMinutes ?? 70) + drainMinutes, longestDrainMinutes)
        : drainMinutes,
    },
  });
}
