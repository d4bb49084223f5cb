import type { Properties } from "../../../../rehearsal/twins/framework";
import { clientOf } from "../../../../rehearsal/twins/azure/config";
import { ROLES } from "../../../../rehearsal/twins/azure/identity/roles";
import { type EngineClient, type State, urnOf } from "../../support/engine-client";
import { AZURE } from "./tokens";

const { subscriptionId } = clientOf({});
const group = { resourceGroupName: "rg" };

/** The id of something in the resource group of the tests. */
export function idIn(rest: string, resourceGroup = "rg"): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/${rest}`;
}

/** The full id of a built-in role. */
export function roleId(role: keyof typeof ROLES): string {
  return `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${ROLES[role]}`;
}

/** Makes the parts of an installation, each with what it needs and properties that can be overridden. */
export class Installation {
  constructor(private readonly engine: () => EngineClient) {}

  readonly group = (name = "rg", location = "westeurope"): Promise<State> =>
    this.engine().create(AZURE.group, name, { resourceGroupName: name, location });

  readonly network = (): Promise<State> =>
    this.make("network", {
      virtualNetworkName: "vnet",
      addressSpace: { addressPrefixes: ["10.30.0.0/16"] },
    });

  readonly nodeSubnet = (more: Properties = {}): Promise<State> =>
    this.make("subnet", {
      virtualNetworkName: "vnet",
      subnetName: "nodes",
      addressPrefix: "10.30.0.0/22",
      ...more,
    });

  readonly databaseSubnet = (more: Properties = {}): Promise<State> =>
    this.make("subnet", {
      virtualNetworkName: "vnet",
      subnetName: "database",
      addressPrefix: "10.30.4.0/26",
      delegations: [{ name: "pg", serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" }],
      ...more,
    });

  /** The subnet of databases as the engine remembers it. */
  readonly databaseSubnetState = async (): Promise<State> => {
    const id = idIn("Microsoft.Network/virtualNetworks/vnet/subnets/database");
    const found = await this.engine().read({ urn: urnOf(AZURE.subnet, "subnet"), id });
    if (found === undefined) throw new Error(`there is no ${id}`);
    return found;
  };

  readonly privateZone = (name = "spacelift.private.postgres.database.azure.com"): Promise<State> =>
    this.make("privateZone", { privateZoneName: name, location: "Global" });

  readonly link = (zone: string, network: string): Promise<State> =>
    this.make("link", {
      privateZoneName: zone,
      virtualNetworkLinkName: "link",
      location: "Global",
      virtualNetwork: { id: network },
    });

  readonly address = (more: Properties = {}): Promise<State> =>
    this.make("address", {
      publicIpAddressName: "ip",
      sku: { name: "Standard", tier: "Regional" },
      publicIPAllocationMethod: "Static",
      ...more,
    });

  readonly identity = (resourceName: string): Promise<State> =>
    this.make("identity", { resourceName }, resourceName);

  readonly role = (
    principal: State,
    role: keyof typeof ROLES,
    scope: string,
    more: Properties = {},
  ): Promise<State> =>
    this.engine().create(AZURE.role, `${role}-${scope}`, {
      principalId: principal.outputs["principalId"] ?? "",
      principalType: "ServicePrincipal",
      roleDefinitionId: roleId(role),
      scope,
      ...more,
    });

  readonly account = (more: Properties = {}): Promise<State> =>
    this.make("account", {
      accountName: "stspacelift",
      kind: "StorageV2",
      sku: { name: "Standard_ZRS" },
      ...more,
    });

  readonly registry = (more: Properties = {}): Promise<State> =>
    this.make("registry", { registryName: "acrspacelift", sku: { name: "Standard" }, ...more });

  readonly server = (subnet: string, zone: string, more: Properties = {}): Promise<State> =>
    this.make("server", {
      serverName: "pg-spacelift",
      version: "17",
      createMode: "Default",
      sku: { name: "Standard_D2ds_v5", tier: "GeneralPurpose" },
      storage: { storageSizeGB: 64, autoGrow: "Enabled" },
      backup: { backupRetentionDays: 14, geoRedundantBackup: "Disabled" },
      network: {
        delegatedSubnetResourceId: subnet,
        privateDnsZoneArmResourceId: zone,
        publicNetworkAccess: "Disabled",
      },
      administratorLogin: "spacelift",
      administratorLoginPassword: "Correct-Horse-9",
      ...more,
    });

  /** A server with everything it needs. */
  readonly wholeServer = async (more: Properties = {}): Promise<State> => {
    await this.group();
    await this.network();
    const subnet = await this.databaseSubnet();
    const zone = await this.privateZone();
    return await this.server(subnet.id, zone.id, more);
  };

  /** Inputs of a cluster with an identity for itself and one for its nodes. */
  readonly clusterInputs = (
    parts: { identity: State; kubelet: State; subnet: State },
    more: Properties = {},
  ): Properties => ({
    ...group,
    location: "westeurope",
    resourceName: "aks",
    dnsPrefix: "spacelift",
    kubernetesVersion: "1.36",
    identity: { type: "UserAssigned", userAssignedIdentities: [parts.identity.id] },
    identityProfile: {
      kubeletidentity: {
        resourceId: parts.kubelet.id,
        clientId: parts.kubelet.outputs["clientId"] ?? "",
        objectId: parts.kubelet.outputs["principalId"] ?? "",
      },
    },
    nodeResourceGroup: "aks-nodes",
    oidcIssuerProfile: { enabled: true },
    networkProfile: {
      networkPlugin: "azure",
      networkPluginMode: "overlay",
      networkDataplane: "cilium",
      networkPolicy: "cilium",
      podCidr: "10.244.0.0/16",
      serviceCidr: "10.245.0.0/20",
      dnsServiceIP: "10.245.0.10",
    },
    agentPoolProfiles: [systemPool(parts.subnet.id)],
    ...more,
  });

  /** What a cluster needs: groups, a network, identities and roles. */
  readonly clusterParts = async (): Promise<{ identity: State; kubelet: State; subnet: State }> => {
    await this.group();
    return await this.clusterPartsInGroup();
  };

  /** The same in a group that is there. */
  readonly clusterPartsInGroup = async (): Promise<{ identity: State; kubelet: State; subnet: State }> => {
    await this.network();
    const subnet = await this.nodeSubnet();
    const [identity, kubelet] = [await this.identity("aks-identity"), await this.identity("kubelet")];
    await this.role(identity, "networkContributor", subnet.id);
    await this.role(identity, "managedIdentityOperator", kubelet.id);
    return { identity, kubelet, subnet };
  };

  /** A cluster with everything it needs. */
  readonly wholeCluster = async (more: Properties = {}): Promise<State> =>
    this.engine().create(AZURE.cluster, "aks", this.clusterInputs(await this.clusterParts(), more));

  /** The same in a group that is there. */
  readonly wholeClusterIn = async (): Promise<State> =>
    this.engine().create(AZURE.cluster, "aks", this.clusterInputs(await this.clusterPartsInGroup()));

  /** Makes anything in the resource group of the tests. */
  readonly make = (kind: keyof typeof AZURE, inputs: Properties, name: string = kind): Promise<State> =>
    this.engine().create(AZURE[kind], name, { ...group, ...inputs });
}

/** Inputs of a pool that runs the cluster's own pods. */
export function systemPool(subnet: string, more: Properties = {}): Properties {
  return {
    name: "system",
    mode: "System",
    type: "VirtualMachineScaleSets",
    vmSize: "Standard_D4ds_v5",
    enableAutoScaling: true,
    count: 2,
    minCount: 2,
    maxCount: 3,
    maxPods: 110,
    vnetSubnetID: subnet,
    ...more,
  };
}
