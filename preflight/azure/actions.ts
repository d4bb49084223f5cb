/** Actions of Azure, by what they are needed for. Their names are those of Azure's reference of permissions. */

const on = (type: string, verbs: readonly string[]): readonly string[] =>
  verbs.map((verb) => `${type}/${verb}`);

/** What a resource takes that is created, looked at, changed and destroyed. */
const manage = (...types: readonly string[]): readonly string[] =>
  types.flatMap((type) => on(type, ["read", "write", "delete"]));

/** The same for settings that are there as long as what they belong to: nobody can delete them, they are set back. */
const set = (...types: readonly string[]): readonly string[] =>
  types.flatMap((type) => on(type, ["read", "write"]));

const network = (type: string): string => `Microsoft.Network/${type}`;
const cluster = "Microsoft.ContainerService/managedClusters";
const identity = "Microsoft.ManagedIdentity/userAssignedIdentities";
const postgres = "Microsoft.DBforPostgreSQL/flexibleServers";
const registry = "Microsoft.ContainerRegistry/registries";
const account = "Microsoft.Storage/storageAccounts";
const workspace = "Microsoft.OperationalInsights/workspaces";
const containers = `${account}/blobServices/containers`;

export const actions = {
  resourceGroup: manage("Microsoft.Resources/subscriptions/resourceGroups"),
  assignRoles: manage("Microsoft.Authorization/roleAssignments"),
  locks: manage("Microsoft.Authorization/locks"),
  identities: manage(identity, `${identity}/federatedIdentityCredentials`),
  network: manage(network("virtualNetworks"), network("virtualNetworks/subnets")),
  /** To put nodes or servers into a subnet. */
  joinSubnet: [network("virtualNetworks/subnets/join/action")],
  /** To let a subnet through the firewall of a storage account. */
  joinSubnetByEndpoint: [network("virtualNetworks/subnets/joinViaServiceEndpoint/action")],
  /** To link a private DNS zone to a network. */
  joinNetwork: [network("virtualNetworks/join/action")],
  securityGroup: [...manage(network("networkSecurityGroups")), network("networkSecurityGroups/join/action")],
  natGateway: [
    ...manage(network("natGateways"), network("publicIPAddresses")),
    network("natGateways/join/action"),
    network("publicIPAddresses/join/action"),
  ],
  publicAddress: manage(network("publicIPAddresses")),
  readPublicAddress: [network("publicIPAddresses/read")],
  cluster: [
    ...manage(cluster, `${cluster}/maintenanceConfigurations`),
    `${cluster}/listClusterUserCredential/action`,
    `${identity}/assign/action`,
  ],
  nodePools: manage(`${cluster}/agentPools`),
  readCluster: [`${cluster}/read`],
  listCredentials: [`${cluster}/listClusterUserCredential/action`],
  logs: manage(
    "Microsoft.Insights/diagnosticSettings",
    "Microsoft.Insights/dataCollectionRules",
    "Microsoft.Insights/dataCollectionRuleAssociations",
  ),
  alerts: manage("Microsoft.Insights/metricAlerts"),
  actionGroup: manage("Microsoft.Insights/actionGroups"),
  /** To have an alert use it (Azure Monitor, “Create or edit a metric alert rule”). */
  useActionGroup: ["Microsoft.Insights/actionGroups/read"],
  /** For the add-on of the cluster, and for the diagnostic setting. */
  sendLogs: [`${workspace}/read`, `${workspace}/sharedKeys/read`, `${workspace}/sharedKeys/action`],
  database: manage(postgres, `${postgres}/databases`),
  /** To take one before an upgrade. It is left to Azure to delete. */
  databaseBackup: set(`${postgres}/backups`),
  databaseParameters: set(`${postgres}/configurations`),
  databaseAdministrator: manage(`${postgres}/administrators`),
  privateZone: manage(network("privateDnsZones")),
  linkPrivateZone: manage(network("privateDnsZones/virtualNetworkLinks")),
  /** To have a server write its name into the zone. */
  joinPrivateZone: [network("privateDnsZones/join/action")],
  storage: [
    ...manage(account, containers, `${account}/managementPolicies`),
    ...set(`${account}/blobServices`),
  ],
  readStorage: [`${account}/read`],
  containers: manage(containers),
  registry: manage(registry),
  readRegistry: [`${registry}/read`],
  pushImages: [`${registry}/pull/read`, `${registry}/push/write`],
  records: manage(network("dnsZones/A")),
} as const;
