import { stringAt, type WorldState } from "../../framework";
import { type ArmRecord, assignedIdentities, principalOf } from "../arm/tables";

/** The principal of the control plane of a cluster, which makes its load balancers. */
export function controlPlanePrincipal(state: WorldState, cluster: ArmRecord): string | undefined {
  const [assigned] = assignedIdentities(cluster.properties["identity"]);
  return principalOf(state, assigned) ?? stringAt(cluster.computed, "identity", "principalId");
}

/** The principal of the nodes of a cluster, which pulls images. */
export function kubeletPrincipal(cluster: ArmRecord): string | undefined {
  return [cluster.properties, cluster.computed]
    .map((each) => stringAt(each, "identityProfile", "kubeletidentity", "objectId"))
    .find((principal) => principal !== undefined);
}
