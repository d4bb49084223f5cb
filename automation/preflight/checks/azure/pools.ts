import type { CompleteAks, NodePool } from "../../../../config/aks/parts";
import { newPart } from "./made";

/** A pool of nodes that a configuration asks for. */
export interface WantedPool extends NodePool {
  /** Key of its settings: `aks.cluster.pools[0]`. */
  readonly key: string;
}

/** All pools of a new cluster, the system's first. */
export function wantedPools(complete: CompleteAks): readonly WantedPool[] {
  const { systemPool, pools } = newPart(complete.cluster);
  return [
    { ...systemPool, key: "aks.cluster.systemPool" },
    ...pools.map((pool, index) => ({ ...pool, key: `aks.cluster.pools[${index}]` })),
  ];
}
