import { registries } from "../../docker/tables";
import { at, listAt, type Properties, stringAt, type WorldState } from "../../framework";
import { objects } from "../../kubernetes/cluster";
import { authorityOf, certificateOf } from "../../loopback/authority";
import { groupOfId, nameOfId, sameId } from "../arm/resource-id";
import { allOfType, type ArmRecord, findResource } from "../arm/tables";
import { clientOf } from "../config";
import { controlPlanePrincipal, hasRole, kubeletPrincipal, ROLES } from "../identity/roles";
import { cloudFacts } from "../regions";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** The kubeconfig of a cluster as Azure gives it: with a certificate, or with a login through Entra. */
export function kubeconfigOf(state: WorldState, cluster: ArmRecord, kind: "user" | "admin"): string {
  const { name } = cluster;
  const isEntra = kind === "user" && at(cluster.properties, "aadProfile", "managed") === true;
  const user = `cluster${kind === "admin" ? "Admin" : "User"}_${name}`;
  const exec = {
    exec: {
      apiVersion: "client.authentication.k8s.io/v1beta1",
      command: "kubelogin",
      args: [
        "get-token",
        "--environment",
        "AzurePublicCloud",
        "--server-id",
        SERVER_APPLICATION,
        "--login",
        "devicecode",
      ],
      env: null,
      provideClusterInfo: false,
    },
  };
  const identity = certificateOf(state, user);
  const certificate = {
    "client-certificate-data": base64(identity.certificate),
    "client-key-data": base64(identity.privateKey),
  };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name,
        cluster: {
          "certificate-authority-data": base64(authorityOf(state).certificate),
          server: `https://${stringAt(cluster.computed, "fqdn") ?? ""}:443`,
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user } }],
    "current-context": name,
    users: [{ name: user, user: isEntra ? exec : certificate }],
  });
}

/** Application of the service that tokens for API servers are made out to. */
const SERVER_APPLICATION = "6dae42f8-4368-4678-94ff-3960e28e3630";

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

/** The services of the simulated cluster whose load balancer has an address, as `namespace/name`. */
export function frontendsOf(state: WorldState, address: string): string[] {
  return objects
    .of(state)
    .entries()
    .map(([, object]) => object)
    .filter(
      ({ kind, status }) =>
        kind === "Service" &&
        listAt(status, "loadBalancer", "ingress").some((entry) => stringAt(entry, "ip") === address),
    )
    .map(({ namespace, name }) => `${namespace ?? ""}/${name}`);
}
