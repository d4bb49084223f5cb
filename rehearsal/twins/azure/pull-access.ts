import type { WorldState } from "../framework";
import { registries } from "../docker/tables";
import { allOfType } from "./arm/tables";
import { kubeletPrincipal } from "./cluster/principals";
import { hasRole } from "./identity/has-role";
import { ROLES } from "./identity/roles";

/** Says why the nodes of a cluster may not pull from a registry of Azure; `undefined` when they may or it is none. */
export function pullRefusal(state: WorldState, address: string, now: Date): string | undefined {
  const { resourceId, isPrivate } = registries.of(state).get(address) ?? {};
  const [cluster] = allOfType(state, "Microsoft.ContainerService/managedClusters");
  if (resourceId === undefined || isPrivate !== true || cluster === undefined) return undefined;
  const principalId = kubeletPrincipal(cluster);
  const roles = [ROLES.acrPull, ROLES.acrPush];
  if (hasRole(state, { principalId, roles, scope: resourceId, now })) return undefined;
  return `failed to authorize: failed to fetch anonymous token: ${address}: 401 Unauthorized`;
}
