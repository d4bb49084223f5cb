import { fixedNames } from "../../../../components/platform/aks/names";
import { required } from "../../../../program/required";
import { parseResourceId } from "../../../../config/aks/resource-id";
import type { Subject } from "../../check";
import { madeParts } from "./made";

/** What whoever deploys must be allowed to do somewhere. */
export interface NeededRight {
  /** Part of the finding's id. */
  readonly part: string;
  /** What the place is, for people. */
  readonly what: string;
  /** Id of the place. */
  readonly scope: string;
  /** Place that the right is needed on while {@link scope} is not there yet. */
  readonly parent?: string;
  readonly actions: readonly string[];
}

const assign = "Microsoft.Authorization/roleAssignments/write";
const network = (action: string): string => `Microsoft.Network/${action}`;

const toMake = {
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

/** Where whoever deploys needs which rights, for what the configuration makes and for what it is given. */
export function neededRights(subject: Pick<Subject, "settings" | "secrets" | "aks">): readonly NeededRight[] {
  const section = required(subject.settings.aks, "aks");
  const { resourceGroup, prefix, subscriptionId } = section;
  const made = madeParts(subject);
  const subscription = `/subscriptions/${subscriptionId}`;
  const fixed = fixedNames(prefix, resourceGroup.name);
  const makeGroup = "Microsoft.Resources/subscriptions/resourceGroups/write";
  const main: NeededRight = {
    part: "group",
    what: "main resource group",
    scope: `${subscription}/resourceGroups/${resourceGroup.name}`,
    ...(resourceGroup.create && { parent: subscription }),
    actions: [
      ...(resourceGroup.create ? [makeGroup] : []),
      ...toMake.always,
      ...(made.network ? toMake.network : []),
      ...(made.network && section.network.natGateway ? toMake.natGateway : []),
      ...(made.cluster ? toMake.cluster : []),
      ...(section.cluster.logAnalyticsWorkspaceId === undefined ? [] : toMake.logs),
      ...(made.database ? toMake.database : []),
      ...(made.database && section.network.privateDnsZoneId === undefined ? toMake.privateZone : []),
      ...(made.storage ? toMake.storage : []),
      ...(made.registry || made.launcherRegistry ? toMake.registry : []),
    ],
  };
  const address: NeededRight = {
    part: "ingressGroup",
    what: "resource group of the address",
    scope: `${subscription}/resourceGroups/${fixed.ingressResourceGroup}`,
    parent: subscription,
    actions: [makeGroup, network("publicIPAddresses/write"), assign],
  };
  return [main, ...(made.address ? [address] : []), ...givenRights(subject)];
}

function givenRights({
  settings,
  secrets,
}: Pick<Subject, "settings" | "secrets" | "aks">): readonly NeededRight[] {
  const { network: net, cluster, storage, registry, dns } = required(settings.aks, "aks");
  const dns01 = settings.tls.mode === "acme" && settings.tls.challenge === "dns01";
  const places = [
    {
      part: "nodeSubnet",
      what: "subnet of the nodes",
      scope: net.nodeSubnetId,
      actions: [assign, network("virtualNetworks/subnets/join/action")],
    },
    {
      part: "databaseSubnet",
      what: "subnet of the database",
      scope: net.databaseSubnetId,
      actions: [network("virtualNetworks/subnets/join/action")],
    },
    {
      part: "privateZone",
      what: "private DNS zone",
      scope: net.privateDnsZoneId,
      actions: [network("privateDnsZones/join/action")],
    },
    {
      part: "address",
      what: "resource group of the given address",
      scope: groupOf(net.publicIpId),
      actions: [assign, network("publicIPAddresses/read")],
    },
    {
      part: "cluster",
      what: "cluster",
      scope: cluster.existingId,
      actions: [
        "Microsoft.ContainerService/managedClusters/read",
        ...(secrets.kubeconfig === undefined
          ? ["Microsoft.ContainerService/managedClusters/listClusterUserCredential/action"]
          : []),
      ],
    },
    {
      part: "registry",
      what: "registry",
      scope: registry.id,
      actions: [
        assign,
        ...(settings.images.push ? ["Microsoft.ContainerRegistry/registries/push/write"] : []),
      ],
    },
    {
      part: "storage",
      what: "storage account",
      scope: storage.accountId,
      actions: [assign, "Microsoft.Storage/storageAccounts/blobServices/containers/write"],
    },
    {
      part: "dnsZone",
      what: "DNS zone",
      scope: dns.zoneId,
      actions: [...(dns.createRecords ? [network("dnszones/A/write")] : []), ...(dns01 ? [assign] : [])],
    },
  ];
  return places.flatMap(({ scope, ...right }) => (scope === undefined ? [] : [{ ...right, scope }]));
}

function groupOf(id: string | undefined): string | undefined {
  const parsed = id === undefined ? undefined : parseResourceId(id);
  return parsed && `/subscriptions/${parsed.subscriptionId}/resourceGroups/${parsed.resourceGroup}`;
}
