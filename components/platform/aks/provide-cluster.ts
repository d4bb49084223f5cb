import * as authorization from "@pulumi/azure-native/authorization";
import * as containerservice from "@pulumi/azure-native/containerservice";
import type { Provider } from "@pulumi/azure-native/provider";
import { Provider as KubernetesProvider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { ExistingNetwork, NewCluster } from "../../../config/aks/parts";
import type { KubernetesPlatform, SecretString } from "../platform";
import type { AksPlatformArgs } from "./args";
import { Cluster } from "./cluster";
import { loadBalancerAddresses } from "./egress";
import { ExistingCluster } from "./existing-cluster";
import { decodeCredentials, kubeloginKubeconfig } from "./kubeconfig";
import type { Network } from "./network";
import type { FixedNames } from "./names";
import { runsPlacement } from "./node-pools";
import { principalTypeOf } from "./roles";
import { type AzureScope, assignRole, environments } from "./scope";

/** A cluster to install into, new or existing. */
export interface ProvidedCluster {
  readonly kubernetes: KubernetesPlatform;
  readonly name: pulumi.Output<string>;
  /** Id of a new one. */
  readonly createdId: pulumi.Output<string> | undefined;
  readonly resourceGroupName: pulumi.Output<string>;
  readonly issuerUrl: pulumi.Output<string>;
  readonly principalId: pulumi.Output<string>;
  /** The nodes' right to pull, where it is assigned here. */
  readonly pullRole: pulumi.Resource | undefined;
  /** Whether the identity of the control plane is to get the roles it needs. */
  readonly assignRoles: boolean;
  /** IPv4 addresses with which it is seen on the internet, where they can be told. */
  readonly egressAddresses: pulumi.Output<readonly string[]> | undefined;
}

/** The platform, as far as its parts need it. */
export interface Owner {
  readonly resource: pulumi.ComponentResource;
  readonly child: (role: string) => string;
  readonly azure: Provider;
  readonly inAzure: pulumi.ComponentResourceOptions;
}

export interface ClusterContext {
  readonly args: AksPlatformArgs;
  readonly scope: AzureScope;
  readonly names: FixedNames;
  readonly network: Network | ExistingNetwork;
  readonly registryId: pulumi.Input<string>;
}

/** Creates the cluster or finds the existing one, and connects to it. */
export function provideCluster(owner: Owner, context: ClusterContext): ProvidedCluster {
  const { cluster } = context.args;
  return cluster.kind === "new"
    ? createCluster(owner, context, cluster)
    : findCluster(owner, context, cluster);
}

function findCluster(
  owner: Owner,
  { args, registryId }: ClusterContext,
  cluster: Extract<AksPlatformArgs["cluster"], { kind: "existing" }>,
): ProvidedCluster {
  const { id, name, resourceGroup, assignRoles } = cluster;
  const component = new ExistingCluster(
    owner.child("cluster"),
    { subscriptionId: args.subscriptionId, cluster, registryId },
    owner.inAzure,
  );
  const kubeconfig = cluster.kubeconfig ?? listedKubeconfig(owner, resourceGroup, name, []);
  return {
    kubernetes: connect(owner, kubeconfig, id, [], args.env),
    name: pulumi.output(name),
    createdId: undefined,
    resourceGroupName: pulumi.output(resourceGroup),
    issuerUrl: component.issuerUrl,
    principalId: component.principalId,
    pullRole: component.pullRole,
    assignRoles,
    egressAddresses: undefined,
  };
}

function createCluster(owner: Owner, context: ClusterContext, options: NewCluster): ProvidedCluster {
  const { args, scope, names, network, registryId } = context;
  const { entra, authorizedRanges } = options;
  const { nodeSubnetId } = network;
  if (nodeSubnetId === undefined) throw new Error("bug: a new cluster needs a subnet");
  const egress = network.kind === "new" ? network.egressAddress : undefined;
  const ownOutbound = egress ? "userAssignedNATGateway" : "loadBalancer";
  const component = new Cluster(
    owner.child("cluster"),
    {
      ...options,
      longestRunMinutes: args.longestRunMinutes,
      scope,
      names,
      registryId,
      nodeSubnetId,
      outbound: network.kind === "new" ? ownOutbound : network.outboundType,
      authorizedRanges:
        // Azure lets in what leaves through its load balancer by itself, and nothing that leaves through a gateway.
        egress && authorizedRanges.length > 0
          ? [...authorizedRanges, pulumi.interpolate`${egress}/32`]
          : authorizedRanges,
    },
    owner.inAzure,
  );
  const { cluster } = component;
  const admins = entra?.azureRbac === true ? assignDeployers(owner, context, entra, cluster) : [];
  const listed = listedKubeconfig(owner, args.resourceGroup.name, names.cluster, [cluster, ...admins]);
  const kubeconfig = entra
    ? pulumi.secret(
        listed.apply((known) =>
          kubeloginKubeconfig(known, names.cluster, entra.login, environments[args.cloud]),
        ),
      )
    : listed;
  const id = `/subscriptions/${args.subscriptionId}/resourceGroups/${args.resourceGroup.name}/providers/Microsoft.ContainerService/managedClusters/${names.cluster}`;
  const kubernetes = {
    // Unknown where the cluster is replaced, and only there: what is in the cluster then goes with the old one and is created in
    // the new one. With an identifier that stays, the new cluster would be left empty.
    ...connect(
      owner,
      kubeconfig,
      cluster.id.apply(() => id),
      component.pools,
      args.env,
    ),
    podCidr: options.podCidr,
    zonal: args.zones.length > 1,
  };
  return {
    kubernetes: options.pools.some(({ purpose }) => purpose === "runs")
      ? { ...kubernetes, workerNodes: runsPlacement }
      : kubernetes,
    name: cluster.name,
    createdId: cluster.id,
    resourceGroupName: pulumi.output(scope.resourceGroupName),
    issuerUrl: component.issuerUrl,
    principalId: component.principalId,
    pullRole: component.pullRole,
    assignRoles: true,
    egressAddresses:
      args.egress === "loadBalancer"
        ? loadBalancerAddresses(cluster, { provider: owner.azure })
        : egress?.apply((address) => [address]),
  };
}

/**
 * Makes administrators of the cluster: the one that creates it, and those that are listed. The role of the former holds
 * for the resource group, where that is created for this installation: it can then be assigned at once, and is honoured
 * by the time the cluster is there, which takes minutes. In an existing group, all have it on the cluster, where nobody
 * can have it twice: those that are listed are then all there are.
 */
function assignDeployers(
  owner: Owner,
  { args, scope }: ClusterContext,
  { deployers, deployerType, login }: NonNullable<NewCluster["entra"]>,
  cluster: containerservice.ManagedCluster,
): readonly authorization.RoleAssignment[] {
  const { create } = args.resourceGroup;
  const role = "aksRbacClusterAdmin";
  const opts = { parent: owner.resource, provider: owner.azure };
  const listed = deployers.map(({ objectId, type }) =>
    assignRole(
      owner.child(`deployer-role-${objectId}`),
      args.subscriptionId,
      { principalId: objectId, principalType: type, role, scope: cluster.id },
      opts,
    ),
  );
  if (!create && listed.length > 0) return listed;
  const { token } = authorization.getClientTokenOutput({}, { provider: owner.azure });
  // Where the token tells nothing, kubelogin's way of getting one does.
  const usual = ["azurecli", "azd"].includes(login) ? "User" : "ServicePrincipal";
  const own = assignRole(
    owner.child("deployer-role"),
    args.subscriptionId,
    {
      principalId: authorization.getClientConfigOutput({ provider: owner.azure }).objectId,
      principalType: deployerType ?? pulumi.unsecret(token.apply((known) => principalTypeOf(known) ?? usual)),
      role,
      scope: create
        ? pulumi.interpolate`/subscriptions/${args.subscriptionId}/resourceGroups/${scope.resourceGroupName}`
        : cluster.id,
    },
    // Whoever runs the next `up` takes nothing away from the one that created the cluster.
    { ...opts, ignoreChanges: ["principalId", "principalType"] },
  );
  return [own, ...listed];
}

/** The kubeconfig Azure lists for the deploying identity. The names are plain, so that a preview of an update knows it. */
function listedKubeconfig(
  { azure }: Owner,
  resourceGroupName: string,
  resourceName: string,
  dependsOn: pulumi.Resource[],
): SecretString {
  const listed = containerservice.listManagedClusterUserCredentialsOutput(
    { resourceGroupName, resourceName },
    { provider: azure, dependsOn },
  );
  return pulumi.secret(listed.apply(({ kubeconfigs }) => decodeCredentials(kubeconfigs)));
}

function connect(
  owner: Owner,
  kubeconfig: SecretString,
  clusterIdentifier: pulumi.Input<string>,
  ready: readonly pulumi.Resource[],
  env: AksPlatformArgs["env"],
): KubernetesPlatform {
  const provider = new KubernetesProvider(
    owner.child("kubernetes"),
    {
      kubeconfig,
      // Without one, each change of the kubeconfig would replace everything in the cluster.
      clusterIdentifier,
      enableSecretMutable: true,
      enableConfigMapMutable: true,
    },
    { parent: owner.resource },
  );
  return { provider, access: { kubeconfig, env }, namespaceLabels: {}, ready };
}
