import type { CompleteAks, OsDisk } from "../../../../config/aks/complete";

/** A pool of nodes that a configuration asks for. */
export interface WantedPool {
  readonly name: string;
  readonly purpose: "system" | "services" | "runs";
  /** Key of its settings: `aks.cluster.pools[0]`. */
  readonly key: string;
  readonly vmSize: string;
  readonly minCount: number;
  readonly maxCount: number;
  readonly zones: readonly string[];
  readonly osDisk: OsDisk;
}

/** All pools of the cluster that is made, the system's first. */
export function wantedPools({ cluster, zones }: CompleteAks): readonly WantedPool[] {
  const system = { name: "system", purpose: "system" as const, ...cluster.systemPool, zones };
  return [
    { ...system, key: "aks.cluster.systemPool" },
    ...cluster.pools.map((pool, index) => ({ ...pool, key: `aks.cluster.pools[${index}]` })),
  ];
}
