import { type Properties, stringAt, type WorldState } from "../framework";
import { allOfType, type ArmRecord, findResource } from "./arm/tables";
import { groupOfId, nameOfId, sameId } from "./arm/resource-id";
import { controlPlanePrincipal } from "./cluster/principals";
import { hasRole } from "./identity/has-role";
import { ROLES } from "./identity/roles";

/** What the cloud makes of a Service: the address of its load balancer, or why there is none yet. */
export type Balancing = { readonly address: string } | { readonly reason: string };

/** A Service of type LoadBalancer. */
export interface BalancedService {
  readonly namespace: string;
  readonly name: string;
  /** As declared, annotations included. */
  readonly body: Properties;
}

const CLUSTERS = "Microsoft.ContainerService/managedClusters";
const ADDRESSES = "Microsoft.Network/publicIPAddresses";
const ANNOTATION = "service.beta.kubernetes.io/azure-";

/**
 * Lets Azure balance a Service of the simulated cluster, as its cloud controller does: on the address its annotations
 * name, which the cluster must be allowed to use; or on a private one, in the nodes' subnet unless another is named. Answers `undefined` when the cluster is none of Azure's.
 */
export function balanceOnAzure(
  state: WorldState,
  service: BalancedService,
  now: Date,
): Balancing | undefined {
  const [cluster] = allOfType(state, CLUSTERS);
  if (cluster === undefined) return undefined;
  const annotation = (name: string): string | undefined =>
    stringAt(service.body, "metadata", "annotations", `${ANNOTATION}${name}`);
  if (annotation("load-balancer-internal") === "true") {
    return { address: annotation("load-balancer-ipv4") ?? "10.30.0.250" };
  }
  const group =
    annotation("load-balancer-resource-group") ?? stringAt(cluster.computed, "nodeResourceGroup") ?? "";
  const [name, literal] = [
    annotation("pip-name"),
    annotation("load-balancer-ipv4") ?? stringAt(service.body, "spec", "loadBalancerIP"),
  ];
  if (name === undefined && literal === undefined) return undefined;
  const refusal = refusalOf(state, cluster, group, now);
  if (refusal !== undefined) return { reason: refusal };
  const found = allOfType(state, ADDRESSES).find(
    (each) =>
      nameOfId(groupOfId(each.id) ?? "").toLowerCase() === group.toLowerCase() &&
      (name === undefined
        ? stringAt(each.computed, "ipAddress") === literal
        : each.name.toLowerCase() === name.toLowerCase()),
  );
  if (found === undefined)
    return {
      reason: `SyncLoadBalancerFailed: cannot find public IP ${name ?? literal ?? ""} in resource group ${group}`,
    };
  return { address: stringAt(found.computed, "ipAddress") ?? "" };
}

/** The controller lists the addresses of the group, so that it needs its role there. */
function refusalOf(state: WorldState, cluster: ArmRecord, group: string, now: Date): string | undefined {
  const subscription = cluster.id.split("/").slice(0, 3).join("/");
  const scope = `${subscription}/resourceGroups/${group}`;
  if (sameId(findResource(state, scope)?.managedBy, cluster.id)) return undefined;
  const principalId = controlPlanePrincipal(state, cluster);
  if (hasRole(state, { principalId, roles: [ROLES.networkContributor], scope, now })) return undefined;
  return (
    `SyncLoadBalancerFailed: AuthorizationFailed: The client with object id '${principalId ?? ""}' does not have authorization to perform action ` +
    `'Microsoft.Network/publicIPAddresses/read' over scope '${scope}'`
  );
}
