import { fixedNames } from "../../components/platform/aks/names";
import { parseResourceId } from "../../config/aks/formats";
import { required } from "../../config/problems";
import type { PreflightInput } from "../check";
import { newParts } from "./parts";

/** What the deploying identity must be allowed to do somewhere. */
export interface RequiredRight {
  /** Part of the finding's id. */
  readonly part: string;
  /** What the place is, for people. */
  readonly what: string;
  /** Id of the place. */
  readonly scope: string;
  /** Place that the right is needed on while {@link scope} does not exist yet. */
  readonly parent?: string;
  readonly actions: readonly string[];
}

const assign = "Microsoft.Authorization/roleAssignments/write";
const network = (action: string): string => `Microsoft.Network/${action}`;

const actionsOf = {
  always: [
    assign,
    "Microsoft.ManagedIdentity/userAssignedIdentities/write",
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write",
  ],
  network: [
    network("virtualNetworks/write"),
    network("virtualNetworks/subnets/write"),
    network("virtualNetworks/subnets/join/action"),
    network("networkSecurityGroups/write"),
  ],
  natGateway: [network("natGateways/write"), network("publicIPAddresses/write")],
  cluster: [
    "Microsoft.ContainerService/managedClusters/write",
    "Microsoft.ContainerService/managedClusters/agentPools/write",
    "Microsoft.ContainerService/managedClusters/maintenanceConfigurations/write",
    "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
  ],
  logs: [
    "Microsoft.Insights/diagnosticSettings/write",
    "Microsoft.Insights/dataCollectionRules/write",
    "Microsoft.Insights/dataCollectionRuleAssociations/write",
  ],
  database: [
    "Microsoft.DBforPostgreSQL/flexibleServers/write",
    "Microsoft.DBforPostgreSQL/flexibleServers/databases/write",
    "Microsoft.DBforPostgreSQL/flexibleServers/configurations/write",
    "Microsoft.DBforPostgreSQL/flexibleServers/administrators/write",
  ],
  privateZone: [network("privateDnsZones/write"), network("privateDnsZones/virtualNetworkLinks/write")],
  storage: [
    "Microsoft.Storage/storageAccounts/write",
    "Microsoft.Storage/storageAccounts/blobServices/write",
    "Microsoft.Storage/storageAccounts/blobServices/containers/write",
    "Microsoft.Storage/storageAccounts/managementPolicies/write",
  ],
  registry: [
    "Microsoft.ContainerRegistry/registries/write",
    "Microsoft.ContainerRegistry/registries/push/write",
  ],
} as const;

/** Where the deploying identity needs which rights, for the new parts of a configuration and for the existing ones. */
export function requiredRights(
  input: Pick<PreflightInput, "settings" | "secrets" | "aks">,
): readonly RequiredRight[] {
  const section = required(input.settings.aks, "aks");
  const { resourceGroup, prefix, subscriptionId } = section;
  const isNew = newParts(input);
  const subscription = `/subscriptions/${subscriptionId}`;
  const fixed = fixedNames(prefix, resourceGroup.name);
  const createGroup = "Microsoft.Resources/subscriptions/resourceGroups/write";
  const main: RequiredRight = {
    part: "group",
    what: "main resource group",
    scope: `${subscription}/resourceGroups/${resourceGroup.name}`,
    ...(resourceGroup.create && { parent: subscription }),
    actions: [
      ...(resourceGroup.create ? [createGroup] : []),
      ...actionsOf.always,
      ...(isNew.network ? actionsOf.network : []),
      ...(isNew.network && section.network.natGateway ? actionsOf.natGateway : []),
      ...(isNew.cluster ? actionsOf.cluster : []),
      ...(section.cluster.logAnalyticsWorkspaceId === undefined ? [] : actionsOf.logs),
      ...(isNew.database ? actionsOf.database : []),
      ...(isNew.database && section.network.privateDnsZoneId === undefined ? actionsOf.privateZone : []),
      ...(isNew.storage ? actionsOf.storage : []),
      ...(isNew.registry || isNew.launcherRegistry ? actionsOf.registry : []),
    ],
  };
  const address: RequiredRight = {
    part: "ingressGroup",
    what: "resource group of the address",
    scope: `${subscription}/resourceGroups/${fixed.ingressResourceGroup}`,
    parent: subscription,
    actions: [createGroup, network("publicIPAddresses/write"), assign],
  };
  return [main, ...(isNew.address ? [address] : []), ...existingRights(input)];
}

function existingRights({
  settings,
  secrets,
}: Pick<PreflightInput, "settings" | "secrets" | "aks">): readonly RequiredRight[] {
  const { network: net, cluster, storage, registry, dns } = required(settings.aks, "aks");
  const dns01 = settings.tls.mode === "acme" && settings.tls.challenge === "dns01";
  const places: readonly (readonly [string, string, string | undefined, readonly string[]])[] = [
    [
      "nodeSubnet",
      "subnet of the nodes",
      net.nodeSubnetId,
      [assign, network("virtualNetworks/subnets/join/action")],
    ],
    [
      "databaseSubnet",
      "subnet of the database",
      net.databaseSubnetId,
      [network("virtualNetworks/subnets/join/action")],
    ],
    ["privateZone", "private DNS zone", net.privateDnsZoneId, [network("privateDnsZones/join/action")]],
    [
      "address",
      "resource group of the existing address",
      groupOf(net.publicIpId),
      [assign, network("publicIPAddresses/read")],
    ],
    [
      "cluster",
      "cluster",
      cluster.existingId,
      [
        "Microsoft.ContainerService/managedClusters/read",
        ...(secrets.kubeconfig === undefined
          ? ["Microsoft.ContainerService/managedClusters/listClusterUserCredential/action"]
          : []),
      ],
    ],
    [
      "registry",
      "registry",
      registry.id,
      [assign, ...(settings.images.push ? ["Microsoft.ContainerRegistry/registries/push/write"] : [])],
    ],
    [
      "storage",
      "storage account",
      storage.accountId,
      [assign, "Microsoft.Storage/storageAccounts/blobServices/containers/write"],
    ],
    [
      "dnsZone",
      "DNS zone",
      dns.zoneId,
      [...(dns.createRecords ? [network("dnszones/A/write")] : []), ...(dns01 ? [assign] : [])],
    ],
  ];
  return places.flatMap(([part, what, scope, actions]) =>
    scope === undefined ? [] : [{ part, what, scope, actions }],
  );
}

function groupOf(id: string | undefined): string | undefined {
  const parsed = id === undefined ? undefined : parseResourceId(id);
  return parsed && `/subscriptions/${parsed.subscriptionId}/resourceGroups/${parsed.resourceGroup}`;
}
