import { stringAt, type WorldState } from "../framework";
import { registries } from "../docker/tables";
import { allOfType, hasRole } from "./arm/lookup";
import { ROLES } from "./identity/roles";

/** Says why the nodes of a cluster may not pull from a registry of Azure; `undefined` when they may or it is none. */
export function pullRefusal(state: WorldState, address: string): string | undefined {
  const { resourceId, isPrivate } = registries.of(state).get(address) ?? {};
  const [cluster] = allOfType(state, "Microsoft.ContainerService/managedClusters");
  if (resourceId === undefined || isPrivate !== true || cluster === undefined) return undefined;
  const kubelet = stringAt(cluster.properties, "identityProfile", "kubeletidentity", "objectId");
  if (hasRole(state, kubelet, [ROLES.acrPull, ROLES.acrPush], resourceId)) return undefined;
  return `failed to authorize: failed to fetch anonymous token: ${address}: 401 Unauthorized`;
}
