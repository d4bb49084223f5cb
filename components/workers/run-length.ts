import { isObject } from "../json";
import type { PoolOptions } from "./pool";

/** Seconds after which the controller ends the pod of a run, where a pool says nothing else: the vendor's default. */
const defaultSeconds = 4200;

/** How long a run may take at most, in whole minutes: the longest of some pools. Without pools, the vendor's default. */
export function longestRunMinutes(pools: readonly Pick<PoolOptions, "spec">[]): number {
  const seconds = pools.map(({ spec = {} }) => {
    const { pod } = spec;
    const own = isObject(pod) ? pod["activeDeadlineSeconds"] : undefined;
    return typeof own === "number" ? own : defaultSeconds;
  });
  return Math.ceil((seconds.length === 0 ? defaultSeconds : Math.max(...seconds)) / 60);
}
