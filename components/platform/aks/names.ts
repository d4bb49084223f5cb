import type { Output } from "@pulumi/pulumi";

/** Names that are unique in a resource group or subscription, and so need no seed. */
export interface FixedNames {
  readonly network: string;
  readonly nodeSubnet: string;
  readonly databaseSubnet: string;
  readonly databaseSecurityGroup: string;
  readonly natGateway: string;
  readonly egressAddress: string;
  readonly ingressAddress: string;
  readonly ingressResourceGroup: string;
  readonly brokerAddress: string;
  readonly brokerResourceGroup: string;
  readonly nodeResourceGroup: string;
  readonly cluster: string;
  readonly dnsPrefix: string;
  readonly containerLogs: string;
  /** Of the action group; those of the rules begin with it. */
  readonly alerts: string;
  readonly clusterIdentity: string;
  readonly kubeletIdentity: string;
  readonly backendIdentity: string;
  readonly certManagerIdentity: string;
}

/** Names that are unique in the world, and so end in a seed. */
export interface SeededNames {
  readonly storageAccount: string;
  readonly registry: string;
  readonly publicRegistry: string;
  readonly databaseServer: string;
  readonly databaseReplica: string;
  /** First label of the private zone: never that of the server, which Azure refuses. */
  readonly databaseZoneLabel: string;
}

/** Length of the seed: 36^6 names for each prefix. */
export const seedLength = 6;

/**
 * Names of one installation, by prefix.
 *
 * @param prefix 2 to 12 lower-case letters and digits
 * @param resourceGroup name of the main resource group, which the others are named after
 */
export function fixedNames(prefix: string, resourceGroup: string): FixedNames {
  return {
    network: `${prefix}-vnet`,
    nodeSubnet: `${prefix}-nodes`,
    databaseSubnet: `${prefix}-postgres`,
    databaseSecurityGroup: `${prefix}-postgres-nsg`,
    natGateway: `${prefix}-nat`,
    egressAddress: `${prefix}-egress-ip`,
    ingressAddress: `${prefix}-ingress-ip`,
    ingressResourceGroup: `${resourceGroup}-ingress`,
    brokerAddress: `${prefix}-mqtt-ip`,
    brokerResourceGroup: `${resourceGroup}-mqtt`,
    nodeResourceGroup: `${resourceGroup}-nodes`,
    cluster: `${prefix}-aks`,
    dnsPrefix: prefix,
    containerLogs: `${prefix}-container-logs`,
    alerts: `${prefix}-alerts`,
    clusterIdentity: `${prefix}-aks`,
    kubeletIdentity: `${prefix}-kubelet`,
    backendIdentity: `${prefix}-backend`,
    certManagerIdentity: `${prefix}-cert-manager`,
  };
}

/** Names for a seed of {@link seedLength} lower-case letters and digits. */
export function seededNames(prefix: string, seed: string): SeededNames {
  return {
    storageAccount: `${prefix}st${seed}`,
    registry: `${prefix}acr${seed}`,
    publicRegistry: `${prefix}pub${seed}`,
    databaseServer: `${prefix}-pg-${seed}`,
    databaseReplica: `${prefix}-pg-${seed}-ro`,
    databaseZoneLabel: `${prefix}${seed}`,
  };
}

/** {@link seededNames} for a seed that is not known yet. */
export function seededNamesOutput(
  prefix: string,
  seed: Output<string>,
): { readonly [Name in keyof SeededNames]: Output<string> } {
  const of = (name: keyof SeededNames): Output<string> =>
    seed.apply((known) => seededNames(prefix, known)[name]);
  return {
    storageAccount: of("storageAccount"),
    registry: of("registry"),
    publicRegistry: of("publicRegistry"),
    databaseServer: of("databaseServer"),
    databaseReplica: of("databaseReplica"),
    databaseZoneLabel: of("databaseZoneLabel"),
  };
}
