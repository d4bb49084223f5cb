import type { ClusterState } from "./cluster-state";
import type { WantedPool } from "./pools";
import type { VmSizes } from "./vm-sizes";

/** Processors that are still to be had of one quota. */
export interface Demand {
  /** Name of the quota, as the sizes name it: `standardDDSv5Family`; `cores` for all of the region. */
  readonly quota: string;
  /** With every pool at its fewest nodes. */
  readonly least: number;
  /** With every pool at its most. */
  readonly most: number;
}

/**
 * What a cluster's pools take of the quotas of processors, less what the cluster has already. Pools of an unknown size are
 * left out: their check says so.
 */
export function nodeDemand(
  pools: readonly WantedPool[],
  sizes: VmSizes,
  cluster: ClusterState | undefined,
): readonly Demand[] {
  const demands = new Map<string, { least: number; most: number }>();
  const add = (size: string, least: number, most: number): void => {
    const known = sizes.get(size);
    if (!known) return;
    for (const quota of [known.family, "cores"]) {
      const demand = demands.get(quota) ?? { least: 0, most: 0 };
      demand.least += least * known.vCpus;
      demand.most += most * known.vCpus;
      demands.set(quota, demand);
    }
  };
  for (const { vmSize, minCount, maxCount } of pools) add(vmSize, minCount, maxCount);
  for (const { vmSize, count } of cluster?.properties.agentPoolProfiles ?? []) add(vmSize, -count, -count);
  return [...demands].map(([quota, { least, most }]) => ({
    quota,
    least: Math.max(0, least),
    most: Math.max(0, most),
  }));
}
