import { fixedNames } from "../../../components/platform/aks/names";
import { given, givenIds, subscriptionId } from "../azure-configurations";
import type { ArmWorld, JsonObject } from "../../../rehearsal/twins/azure/api/subscription";

const typeOf = (id: string): string => {
  const [namespace = "", ...rest] = id.split("/providers/")[1]?.split("/") ?? [];
  return [namespace, ...rest.filter((_, index) => index % 2 === 0)].join("/");
};

/** Puts a resource into the world, with the group that it lies in. */
export function addResource(world: ArmWorld, id: string, body: JsonObject): void {
  const group = id.split("/")[4] ?? "";
  if (!world.groups.has(group)) addGroup(world, group);
  const name = id.split("/").at(-1) ?? "";
  world.resources.set(id.toLowerCase(), { id, name, type: typeOf(id), ...body });
}

/** Puts a resource group into the world. */
export function addGroup(world: ArmWorld, name: string, changes: JsonObject = {}): void {
  world.groups.set(name, {
    id: `/subscriptions/${subscriptionId}/resourceGroups/${name}`,
    name,
    type: "Microsoft.Resources/resourceGroups",
    location: "westeurope",
    tags: {},
    properties: { provisioningState: "Succeeded" },
    ...changes,
  });
}

const network = given("Microsoft.Network/virtualNetworks", "corporate");
const location = "westeurope";
const succeeded = { provisioningState: "Succeeded" };

/** A resource of every kind that an operator may bring, each as it should be. */
export const goodResources: Readonly<Record<string, JsonObject>> = {
  [network]: { location, properties: { addressSpace: { addressPrefixes: ["10.50.0.0/16"] }, ...succeeded } },
  [givenIds.nodeSubnet]: {
    properties: { addressPrefix: "10.50.0.0/22", delegations: [], ipConfigurations: [], ...succeeded },
  },
  [givenIds.databaseSubnet]: {
    properties: {
      addressPrefixes: ["10.50.4.0/26"],
      delegations: [
        {
          name: "postgres",
          id: `${givenIds.databaseSubnet}/delegations/postgres`,
          type: "Microsoft.Network/virtualNetworks/subnets/delegations",
          properties: { serviceName: "Microsoft.DBforPostgreSQL/flexibleServers", actions: [], ...succeeded },
        },
      ],
      ...succeeded,
    },
  },
  [givenIds.privateZone]: { location: "global", properties: { numberOfRecordSets: 1, ...succeeded } },
  [`${givenIds.privateZone}/virtualNetworkLinks/corporate`]: {
    location: "global",
    properties: {
      virtualNetwork: { id: network },
      registrationEnabled: false,
      virtualNetworkLinkState: "Completed",
      ...succeeded,
    },
  },
  [givenIds.publicIp]: {
    location,
    sku: { name: "Standard", tier: "Regional" },
    zones: ["1", "2", "3"],
    properties: {
      publicIPAllocationMethod: "Static",
      publicIPAddressVersion: "IPv4",
      ipAddress: "203.0.113.7",
      idleTimeoutInMinutes: 4,
      ...succeeded,
    },
  },
  [givenIds.dnsZone]: {
    location: "global",
    properties: { zoneType: "Public", nameServers: ["ns1-01.azure-dns.com."], numberOfRecordSets: 2 },
  },
  [givenIds.cluster]: clusterBody("MC_corporate"),
  [givenIds.registry]: {
    location,
    sku: { name: "Premium", tier: "Premium" },
    properties: {
      loginServer: "corporate.azurecr.io",
      publicNetworkAccess: "Enabled",
      roleAssignmentMode: "LegacyRegistryPermissions",
      policies: { azureADAuthenticationAsArmPolicy: { status: "enabled" } },
      ...succeeded,
    },
  },
  [givenIds.account]: {
    location,
    kind: "StorageV2",
    sku: { name: "Standard_ZRS", tier: "Standard" },
    properties: {
      publicNetworkAccess: "Enabled",
      networkAcls: { defaultAction: "Allow", bypass: "AzureServices", ipRules: [], virtualNetworkRules: [] },
      primaryEndpoints: { blob: "https://corporatedata.blob.core.windows.net/" },
      ...succeeded,
    },
  },
  [givenIds.workspace]: { location, properties: { retentionInDays: 30, ...succeeded } },
};

/** A cluster as AKS describes it. */
export function clusterBody(nodeResourceGroup: string, changes: JsonObject = {}): JsonObject {
  return {
    location,
    sku: { name: "Base", tier: "Standard" },
    identity: { type: "SystemAssigned", principalId: "eeeeeeee-0000-4000-8000-000000000001" },
    properties: {
      ...succeeded,
      powerState: { code: "Running" },
      kubernetesVersion: "1.36",
      currentKubernetesVersion: "1.36.2",
      nodeResourceGroup,
      agentPoolProfiles: [
        { name: "system", count: 2, vmSize: "Standard_D4ds_v5", mode: "System", orchestratorVersion: "1.36" },
      ],
      oidcIssuerProfile: { enabled: true, issuerURL: "https://westeurope.oic.prod-aks.azure.com/x/y/" },
      securityProfile: { workloadIdentity: { enabled: true } },
      identityProfile: { kubeletidentity: { objectId: "eeeeeeee-0000-4000-8000-000000000002" } },
      networkProfile: { networkPlugin: "azure", networkPolicy: "cilium", networkDataplane: "cilium" },
      disableLocalAccounts: false,
      ...changes,
    },
  };
}

/** Puts {@link goodResources} into the world. */
export function addGivenResources(world: ArmWorld): void {
  for (const [id, body] of Object.entries(goodResources)) addResource(world, id, body);
}

const main = `/subscriptions/${subscriptionId}/resourceGroups/spacelift`;

/** Ids of the parts of {@link addInstallation}. */
export const installed = {
  cluster: `${main}/providers/Microsoft.ContainerService/managedClusters/spacelift-aks`,
  database: `${main}/providers/Microsoft.DBforPostgreSQL/flexibleServers/spacelift-pg-ab12cd`,
  replica: `${main}/providers/Microsoft.DBforPostgreSQL/flexibleServers/spacelift-pg-ab12cd-ro`,
  storage: `${main}/providers/Microsoft.Storage/storageAccounts/spaceliftstab12cd`,
  registry: `${main}/providers/Microsoft.ContainerRegistry/registries/spaceliftacrab12cd`,
} as const;

/** A PostgreSQL server as Azure describes it. */
export const serverBody = (changes: JsonObject = {}): JsonObject => ({
  location,
  sku: { name: "Standard_D4ds_v5", tier: "GeneralPurpose" },
  properties: {
    version: "17",
    minorVersion: "2",
    state: "Ready",
    replicationRole: "Primary",
    storage: { storageSizeGB: 128, autoGrow: "Enabled", type: "Premium_LRS" },
    highAvailability: { mode: "ZoneRedundant", state: "Healthy" },
    ...changes,
  },
});

/** Puts what an earlier deployment made into the world. */
export function addInstallation(world: ArmWorld): void {
  const { ingressResourceGroup, nodeResourceGroup } = fixedNames("spacelift", "spacelift");
  addGroup(world, ingressResourceGroup);
  addGroup(world, nodeResourceGroup, { managedBy: installed.cluster });
  addResource(world, installed.cluster, clusterBody(nodeResourceGroup));
  addResource(world, installed.database, serverBody());
  addResource(world, installed.storage, goodResources[givenIds.account] ?? {});
  addResource(world, installed.registry, goodResources[givenIds.registry] ?? {});
}
