import type * as inputs from "@pulumi/azure-native/types/input";
import type { Input } from "@pulumi/pulumi";
import type { ExistingNetwork, NewCluster } from "../../../config/aks/parts";
import { defined } from "../../json";
import { type PoolOptions, poolProperties } from "./node-pools";

export interface ClusterOptions
  extends Omit<NewCluster, "kind" | "authorizedRanges" | "entra" | "maintenance">, PoolOptions {
  readonly outbound: ExistingNetwork["outboundType"];
  /** Ranges that reach the API server; empty for everybody. */
  readonly authorizedRanges: readonly Input<string>[];
  readonly entra?: { readonly adminGroupIds: readonly string[]; readonly azureRbac: boolean } | undefined;
}

/** The part of a cluster's inputs that follows from {@link ClusterOptions}. */
export interface ClusterProperties {
  readonly kubernetesVersion: string;
  readonly sku: { readonly name: "Base"; readonly tier: string };
  readonly supportPlan: string;
  readonly enableRBAC: true;
  readonly disableLocalAccounts: boolean;
  readonly aadProfile?: inputs.containerservice.ManagedClusterAADProfileArgs;
  readonly oidcIssuerProfile: { readonly enabled: true };
  readonly securityProfile: inputs.containerservice.ManagedClusterSecurityProfileArgs;
  readonly apiServerAccessProfile: inputs.containerservice.ManagedClusterAPIServerAccessProfileArgs;
  readonly autoUpgradeProfile: inputs.containerservice.ManagedClusterAutoUpgradeProfileArgs;
  readonly networkProfile: inputs.containerservice.ContainerServiceNetworkProfileArgs;
  readonly nodeResourceGroupProfile: { readonly restrictionLevel: "ReadOnly" };
  readonly addonProfiles: Record<string, inputs.containerservice.ManagedClusterAddonProfileArgs>;
  readonly agentPoolProfiles: inputs.containerservice.ManagedClusterAgentPoolProfileArgs[];
}

// What is off is said to be off: Azure leaves an add-on as it is that an update does not name.
function addons({
  azurePolicy,
  logAnalytics,
}: ClusterOptions): Record<string, inputs.containerservice.ManagedClusterAddonProfileArgs> {
  return {
    azurepolicy: azurePolicy ? { enabled: true, config: { version: "v2" } } : { enabled: false },
    omsagent: logAnalytics
      ? {
          enabled: true,
          config: { logAnalyticsWorkspaceResourceID: logAnalytics.workspaceId, useAADAuth: "true" },
        }
      : { enabled: false },
  };
}

/**
 * The properties of a cluster. Cilium carries out the network policies, without which a run could ask the nodes'
 * metadata endpoint for their identity. Local accounts are off as soon as there is another way to log in.
 */
export function clusterProperties(options: ClusterOptions, nodeSubnetId: Input<string>): ClusterProperties {
  const { entra } = options;
  const system = poolProperties(options.systemPool, options, nodeSubnetId, options.pools.length > 0);
  return defined({
    kubernetesVersion: options.kubernetesVersion,
    sku: { name: "Base" as const, tier: options.tier },
    // Long-term support is what the tier is for.
    supportPlan: options.tier === "Premium" ? "AKSLongTermSupport" : "KubernetesOfficial",
    enableRBAC: true as const,
    disableLocalAccounts: entra !== undefined,
    aadProfile: entra && {
      managed: true,
      enableAzureRBAC: entra.azureRbac,
      adminGroupObjectIDs: [...entra.adminGroupIds],
    },
    oidcIssuerProfile: { enabled: true as const },
    securityProfile: {
      workloadIdentity: { enabled: true },
      imageCleaner: { enabled: true, intervalHours: 168 },
    },
    apiServerAccessProfile: defined({
      enablePrivateCluster: options.private,
      privateDNSZone: options.private ? "system" : undefined,
      // Empty lets in everybody; left out, Azure would keep the ranges of an earlier update.
      authorizedIPRanges: options.private ? undefined : [...options.authorizedRanges],
      disableRunCommand: true,
    }),
    autoUpgradeProfile: {
      upgradeChannel: options.upgradeChannel,
      nodeOSUpgradeChannel: options.nodeOsUpgradeChannel,
    },
    networkProfile: {
      networkPlugin: "azure",
      networkPluginMode: "overlay",
      networkDataplane: "cilium",
      networkPolicy: "cilium",
      podCidr: options.podCidr,
      serviceCidr: options.serviceCidr,
      dnsServiceIP: options.dnsServiceIp,
      loadBalancerSku: "standard",
      outboundType: options.outbound,
    },
    // The address and everything else that is ours lies outside of it.
    nodeResourceGroupProfile: { restrictionLevel: "ReadOnly" as const },
    addonProfiles: addons(options),
    agentPoolProfiles: [
      { name: options.systemPool.name, mode: "System", type: "VirtualMachineScaleSets", ...system },
    ],
  });
}
