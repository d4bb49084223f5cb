import type { ContractPackage } from "../../../rehearsal/twins/azure/contract/library";

/** What Azure Resource Manager calls a resource of the program, and how its name is put together. */
export interface ArmType {
  /** `Microsoft.X/y/z`; braces take an input, as in the name. */
  readonly type: string;
  readonly apiVersion: string;
  /** Names from the outermost resource inwards, inputs in braces. @default - a GUID made of the logical name */
  readonly name?: string;
  /** The input that says which resource this one extends. */
  readonly scope?: string;
  /** Where Microsoft's client libraries describe the body; for others, how inputs are called that ARM calls otherwise. */
  readonly body:
    | { readonly library: ContractPackage; readonly model: string }
    | { readonly renamed: Readonly<Record<string, string>> };
}

const described = (library: ContractPackage, model: string): ArmType["body"] => ({ library, model });
const account = "Microsoft.Storage/storageAccounts";
const server = "Microsoft.DBforPostgreSQL/flexibleServers";
const cluster = "Microsoft.ContainerService/managedClusters";
const identity = "Microsoft.ManagedIdentity/userAssignedIdentities";

const versions = {
  network: "2024-05-01",
  privateZones: "2024-06-01",
  postgres: "2025-08-01",
  storage: "2024-01-01",
  containers: "2025-09-01",
  identities: "2023-01-31",
} as const;

/** Every Azure type the program registers, by the rest of its token after `azure-native:`. */
export const armTypes: Readonly<Record<string, ArmType>> = {
  "resources:ResourceGroup": {
    type: "Microsoft.Resources/resourceGroups",
    apiVersion: "2024-03-01",
    name: "{resourceGroupName}",
    body: { renamed: {} },
  },
  "network:VirtualNetwork": {
    type: "Microsoft.Network/virtualNetworks",
    apiVersion: versions.network,
    name: "{virtualNetworkName}",
    body: described("network", "VirtualNetwork"),
  },
  "network:Subnet": {
    type: "Microsoft.Network/virtualNetworks/subnets",
    apiVersion: versions.network,
    name: "{virtualNetworkName}/{subnetName}",
    body: described("network", "Subnet"),
  },
  "network:NetworkSecurityGroup": {
    type: "Microsoft.Network/networkSecurityGroups",
    apiVersion: versions.network,
    name: "{networkSecurityGroupName}",
    body: described("network", "NetworkSecurityGroup"),
  },
  "network:PublicIPAddress": {
    type: "Microsoft.Network/publicIPAddresses",
    apiVersion: versions.network,
    name: "{publicIpAddressName}",
    body: described("network", "PublicIPAddress"),
  },
  "network:NatGateway": {
    type: "Microsoft.Network/natGateways",
    apiVersion: versions.network,
    name: "{natGatewayName}",
    body: described("network", "NatGateway"),
  },
  "privatedns:PrivateZone": {
    type: "Microsoft.Network/privateDnsZones",
    apiVersion: versions.privateZones,
    name: "{privateZoneName}",
    body: described("privatedns", "PrivateZone"),
  },
  "privatedns:VirtualNetworkLink": {
    type: "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    apiVersion: versions.privateZones,
    name: "{privateZoneName}/{virtualNetworkLinkName}",
    body: described("privatedns", "VirtualNetworkLink"),
  },
  "dns:RecordSet": {
    type: "Microsoft.Network/dnsZones/{recordType}",
    apiVersion: "2023-07-01-preview",
    name: "{zoneName}/{relativeRecordSetName}",
    body: { renamed: { ttl: "TTL", aRecords: "ARecords" } },
  },
  "dbforpostgresql:Server": {
    type: server,
    apiVersion: versions.postgres,
    name: "{serverName}",
    body: described("postgresql-flexible", "Server"),
  },
  "dbforpostgresql:Database": {
    type: `${server}/databases`,
    apiVersion: versions.postgres,
    name: "{serverName}/{databaseName}",
    body: described("postgresql-flexible", "Database"),
  },
  "dbforpostgresql:Configuration": {
    type: `${server}/configurations`,
    apiVersion: versions.postgres,
    name: "{serverName}/{configurationName}",
    body: described("postgresql-flexible", "ConfigurationForUpdate"),
  },
  "dbforpostgresql:AdministratorsMicrosoftEntra": {
    type: `${server}/administrators`,
    apiVersion: versions.postgres,
    name: "{serverName}/{objectId}",
    body: described("postgresql-flexible", "AdministratorMicrosoftEntraAdd"),
  },
  "storage:StorageAccount": {
    type: account,
    apiVersion: versions.storage,
    name: "{accountName}",
    body: described("storage", "StorageAccountCreateParameters"),
  },
  "storage:BlobServiceProperties": {
    type: `${account}/blobServices`,
    apiVersion: versions.storage,
    name: "{accountName}/{blobServicesName}",
    body: described("storage", "BlobServiceProperties"),
  },
  "storage:BlobContainer": {
    type: `${account}/blobServices/containers`,
    apiVersion: versions.storage,
    name: "{accountName}/default/{containerName}",
    body: described("storage", "BlobContainer"),
  },
  "storage:ManagementPolicy": {
    type: `${account}/managementPolicies`,
    apiVersion: versions.storage,
    name: "{accountName}/{managementPolicyName}",
    body: described("storage", "ManagementPolicy"),
  },
  "containerregistry:Registry": {
    type: "Microsoft.ContainerRegistry/registries",
    apiVersion: "2023-01-01-preview",
    name: "{registryName}",
    body: described("containerregistry", "Registry"),
  },
  "containerservice:ManagedCluster": {
    type: cluster,
    apiVersion: versions.containers,
    name: "{resourceName}",
    body: described("containerservice", "ManagedCluster"),
  },
  "containerservice:AgentPool": {
    type: `${cluster}/agentPools`,
    apiVersion: versions.containers,
    name: "{resourceName}/{agentPoolName}",
    body: described("containerservice", "AgentPool"),
  },
  "containerservice:MaintenanceConfiguration": {
    type: `${cluster}/maintenanceConfigurations`,
    apiVersion: versions.containers,
    name: "{resourceName}/{configName}",
    body: described("containerservice", "MaintenanceConfiguration"),
  },
  "managedidentity:UserAssignedIdentity": {
    type: identity,
    apiVersion: versions.identities,
    name: "{resourceName}",
    body: described("msi", "Identity"),
  },
  "managedidentity:FederatedIdentityCredential": {
    type: `${identity}/federatedIdentityCredentials`,
    apiVersion: versions.identities,
    name: "{resourceName}/{federatedIdentityCredentialResourceName}",
    body: described("msi", "FederatedIdentityCredential"),
  },
  "authorization:RoleAssignment": {
    type: "Microsoft.Authorization/roleAssignments",
    apiVersion: "2022-04-01",
    scope: "scope",
    body: described("authorization", "RoleAssignmentCreateParameters"),
  },
  "authorization:ManagementLockByScope": {
    type: "Microsoft.Authorization/locks",
    apiVersion: "2020-05-01",
    name: "{lockName}",
    scope: "scope",
    body: described("locks", "ManagementLockObject"),
  },
  "monitor:DataCollectionRule": {
    type: "Microsoft.Insights/dataCollectionRules",
    apiVersion: "2022-06-01",
    name: "{dataCollectionRuleName}",
    body: described("monitor", "DataCollectionRuleResource"),
  },
  "monitor:DataCollectionRuleAssociation": {
    type: "Microsoft.Insights/dataCollectionRuleAssociations",
    apiVersion: "2022-06-01",
    name: "{associationName}",
    scope: "resourceUri",
    body: described("monitor", "DataCollectionRuleAssociationProxyOnlyResource"),
  },
  "monitor:ActionGroup": {
    type: "Microsoft.Insights/actionGroups",
    apiVersion: "2024-10-01-preview",
    name: "{actionGroupName}",
    body: described("monitor", "ActionGroupResource"),
  },
  "monitor:MetricAlert": {
    type: "Microsoft.Insights/metricAlerts",
    apiVersion: "2018-03-01",
    name: "{ruleName}",
    body: described("monitor", "MetricAlertResource"),
  },
  "monitor:DiagnosticSetting": {
    type: "Microsoft.Insights/diagnosticSettings",
    apiVersion: "2021-05-01-preview",
    name: "{name}",
    scope: "resourceUri",
    body: { renamed: {} },
  },
};
