import { at, stringAt, type WorldState } from "../../framework";
import { allOfType, type ArmRecord } from "../arm/tables";
import { cloudFacts } from "../regions";
import { clientOf } from "../config";
import { hasRole } from "../identity/has-role";
import { ROLES } from "../identity/roles";

/** Whether an API server at this host would be one of Azure's. */
export function isManagedHost(host: string): boolean {
  return Object.values(cloudFacts).some(({ clusters }) => host.endsWith(`.${clusters}`));
}

/** Whether the simulated cluster is one of Azure's. */
export const isAzures = (state: WorldState): boolean =>
  allOfType(state, "Microsoft.ContainerService/managedClusters").length > 0;

/** Whether a cluster answers at a host. */
export function isServedByAzure(state: WorldState, host: string): boolean {
  return clusterAt(state, host) !== undefined;
}

/**
 * Says why the API server at a host turns away the one who deploys and logs in with Entra; `undefined` when it does not.
 * Where Azure decides who may do what, that takes a role, which not even the owner of the cluster has by that alone.
 */
export function accessRefusal(state: WorldState, host: string, now: Date): string | undefined {
  const cluster = clusterAt(state, host);
  if (cluster === undefined || at(cluster.properties, "aadProfile", "enableAzureRBAC") !== true)
    return undefined;
  const { objectId } = clientOf({});
  const roles = [ROLES.aksRbacClusterAdmin];
  if (hasRole(state, { principalId: objectId, roles, scope: cluster.id, now, isData: true }))
    return undefined;
  return (
    `forbidden: User "${objectId}" cannot get path "/openapi/v2": User does not have access to the resource in Azure. ` +
    "Update role assignment to allow access."
  );
}

function clusterAt(state: WorldState, host: string): ArmRecord | undefined {
  return allOfType(state, "Microsoft.ContainerService/managedClusters").find(
    ({ computed }) => stringAt(computed, "fqdn") === host,
  );
}
