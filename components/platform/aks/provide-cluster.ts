import * as authorization from "@pulumi/azure-native/authorization";
import * as containerservice from "@pulumi/azure-native/containerservice";
import type { Provider } from "@pulumi/azure-native/provider";
import { Provider as KubernetesProvider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { defined } from "../../json";
import type { KubernetesPlatform, SecretString } from "../platform";
import type { AksPlatformArgs, GivenClusterOptions, MadeCluster } from "./args";
import { Cluster } from "./cluster";
import { GivenCluster } from "./existing-cluster";
import { decodeCredentials, kubeloginKubeconfig } from "./kubeconfig";
import type { Network } from "./network";
import type { ClusterOptions } from "./cluster-properties";
import type { FixedNames } from "./names";
import { runsPlacement } from "./node-pools";
import { principalTypeOf } from "./roles";
import { type AzureScope, assignRole, environments } from "./scope";

/** A cluster to install into, made or given. */
export interface ProvidedCluster {
  readonly kubernetes: KubernetesPlatform;
  readonly name: pulumi.Output<string>;
  readonly resourceGroupName: pulumi.Output<string>;
  readonly issuerUrl: pulumi.Output<string>;
  readonly principalId: pulumi.Output<string>;
  /** The nodes' right to pull, where it is given here. */
  readonly pullRole: pulumi.Resource | undefined;
  /** Whether the identity of the control plane is to get the roles it needs. */
  readonly assignRoles: boolean;
}

/** The platform, as far as its parts need it. */
export interface Owner {
  readonly resource: pulumi.ComponentResource;
  readonly child: (role: string) => string;
  readonly azure: Provider;
  readonly inAzure: pulumi.ComponentResourceOptions;
}

/** What a cluster is provided from. */
export interface ClusterContext {
  readonly args: AksPlatformArgs;
  readonly scope: AzureScope;
  readonly names: FixedNames;
  readonly network: Network | undefined;
  readonly registryId: pulumi.Input<string>;
}

/** Makes the cluster or takes the one that is there, and connects to it. */
export function provideCluster(owner: Owner, context: ClusterContext): ProvidedCluster {
  const { cluster } = context.args;
  return "existing" in cluster ? takeCluster(owner, context, cluster) : makeCluster(owner, context, cluster);
}

function takeCluster(
  owner: Owner,
  { args, registryId }: ClusterContext,
  options: GivenClusterOptions,
): ProvidedCluster {
  const { existing } = options;
  const component = new GivenCluster(
    owner.child("cluster"),
    {
      subscriptionId: args.subscriptionId,
      cluster: existing,
      registryId,
      assignRoles: options.assignRoles,
    },
    owner.inAzure,
  );
  const kubeconfig = options.kubeconfig ?? listedKubeconfig(owner, existing.resourceGroup, existing.name, []);
  return {
    kubernetes: connect(owner, kubeconfig, existing.id, [], args.env),
    name: pulumi.output(existing.name),
    resourceGroupName: pulumi.output(existing.resourceGroup),
    issuerUrl: component.issuerUrl,
    principalId: component.principalId,
    pullRole: component.pullRole,
    assignRoles: options.assignRoles,
  };
}

function makeCluster(owner: Owner, context: ClusterContext, options: MadeCluster): ProvidedCluster {
  const { args, scope, names, network, registryId } = context;
  const { entra, authorizedRanges, ...rest } = options;
  const egress = network?.egressAddress;
  const component = new Cluster(
    owner.child("cluster"),
    defined({
      ...rest,
      scope,
      names,
      registryId,
      nodeSubnetId: nodeSubnet(context),
      outbound: egress ? ("userAssignedNATGateway" as const) : givenOutbound(args),
      authorizedRanges:
        // Azure lets in what leaves through its load balancer by itself, and nothing that leaves through a gateway.
        egress && authorizedRanges.length > 0
          ? [...authorizedRanges, pulumi.interpolate`${egress}/32`]
          : authorizedRanges,
      entra: entra && { adminGroupIds: entra.adminGroupIds, azureRbac: entra.azureRbac },
    }),
    owner.inAzure,
  );
  const { cluster } = component;
  const admins = entra?.azureRbac === true ? assignDeployers(owner, context, entra, cluster) : [];
  const listed = listedKubeconfig(owner, args.resourceGroup.name, names.cluster, [cluster, ...admins]);
  const kubeconfig = entra
    ? pulumi.secret(
        listed.apply((given) =>
          kubeloginKubeconfig(given, names.cluster, entra.login, environments[args.cloud]),
        ),
      )
    : listed;
  const id = `/subscriptions/${args.subscriptionId}/resourceGroups/${args.resourceGroup.name}/providers/Microsoft.ContainerService/managedClusters/${names.cluster}`;
  const kubernetes = {
    ...connect(owner, kubeconfig, id, component.pools, args.env),
    podCidr: options.podCidr,
    zonal: args.zones.length > 1,
  };
  return {
    kubernetes: options.pools.some(({ purpose }) => purpose === "runs")
      ? { ...kubernetes, workerNodes: runsPlacement }
      : kubernetes,
    name: cluster.name,
    resourceGroupName: pulumi.output(scope.resourceGroupName),
    issuerUrl: component.issuerUrl,
    principalId: component.principalId,
    pullRole: component.pullRole,
    assignRoles: true,
  };
}

/**
 * Makes administrators of the cluster: the one that makes it, and those that are listed. The role of the former holds for
 * the resource group, where that is made for this installation: it can then be assigned at once, and is honoured by the
 * time the cluster is there, which takes minutes. In a group that is there, all have it on the cluster, where nobody can
 * have it twice: those that are listed are then all there are.
 */
function assignDeployers(
  owner: Owner,
  { args, scope }: ClusterContext,
  { deployers, deployerType, login }: NonNullable<MadeCluster["entra"]>,
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
    // Whoever runs the next `up` takes nothing away from the one that made the cluster.
    { ...opts, ignoreChanges: ["principalId", "principalType"] },
  );
  return [own, ...listed];
}

const givenOutbound = ({ network }: AksPlatformArgs): ClusterOptions["outbound"] =>
  ("addressSpace" in network ? undefined : network.outboundType) ?? "loadBalancer";

function nodeSubnet({ args, network }: ClusterContext): pulumi.Input<string> {
  const given = "addressSpace" in args.network ? undefined : args.network.nodeSubnetId;
  const subnet = network?.nodeSubnetId ?? given;
  if (subnet === undefined) throw new Error("bug: a cluster that is made needs a subnet");
  return subnet;
}

/** The kubeconfig Azure lists for whoever deploys. The names are plain, so that a preview of an update knows it. */
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
  clusterIdentifier: string,
  ready: readonly pulumi.Resource[],
  env: AksPlatformArgs["env"],
): KubernetesPlatform {
  const provider = new KubernetesProvider(
    owner.child("kubernetes"),
    {
      kubeconfig,
      // Known before the cluster is: otherwise each change of the kubeconfig would replace everything in the cluster.
      clusterIdentifier,
      enableSecretMutable: true,
      enableConfigMapMutable: true,
    },
    { parent: owner.resource },
  );
  return { provider, access: { kubeconfig, ...(env && { env }) }, namespaceLabels: {}, ready };
}
