import { mergeValues, type Properties, type World } from "../framework";
import { clientOf } from "./config";
import { type ArmType, definitionOf } from "./arm/definition";
import { findResource } from "./arm/tables";
import { writeResource } from "./arm/requests";
import { groupOfId, parentOfId, parseTemplate, sameId } from "./arm/resource-id";
import "./index";

/** What is known of a resource that is there before the program runs. */
export interface Existing {
  /** @default "westeurope" for a group, that of the group for anything else */
  readonly location?: string;
  /** Inputs as the provider would be given, path parameters left out. */
  readonly inputs?: Properties;
}

/**
 * Puts a resource into the simulated Azure that the program then finds, as a network or a zone brought by the user,
 * with the group and the parents it lies in. One that is there stays as it is.
 */
export function addExisting(world: World, id: string, existing: Existing = {}): void {
  const type = definitionOf(id);
  if (type === undefined) throw new Error(`resources like ${id} are not simulated`);
  if (world.read((state) => findResource(state, id)) !== undefined) return;
  const group = groupOfId(id);
  const { location } = existing;
  if (group !== undefined && !sameId(group, id))
    addExisting(world, group, location === undefined || location === "global" ? {} : { location });
  const parent = parentOfId(id);
  if (
    parent !== undefined &&
    definitionOf(parent)?.singleton === undefined &&
    definitionOf(parent) !== undefined
  )
    addExisting(world, parent, location === undefined ? {} : { location });
  const parameters = parseTemplate(type.path, id) ?? {};
  const inputs = mergeValues(inputsFor(type, location), { ...parameters, ...existing.inputs });
  const client = { ...clientOf({}), subscriptionId: id.split("/")[2] ?? "" };
  world.change((state) => {
    writeResource(type, { state, world, id, inputs, client, now: new Date() });
  });
}

/** The least that a service takes for a resource of a type. */
const LEAST: Readonly<Record<string, Properties>> = {
  "azure-native:resources:ResourceGroup": { location: "westeurope" },
  "azure-native:network:VirtualNetwork": { addressSpace: { addressPrefixes: ["10.30.0.0/16"] } },
  "azure-native:network:PublicIPAddress": {
    sku: { name: "Standard", tier: "Regional" },
    publicIPAllocationMethod: "Static",
  },
  "azure-native:privatedns:PrivateZone": { location: "global" },
  "azure-native:dns:Zone": { location: "global" },
  "azure-native:monitor:ActionGroup": { location: "global", groupShortName: "theirs", enabled: true },
  "azure-native:containerregistry:Registry": { sku: { name: "Standard" } },
  "azure-native:storage:StorageAccount": { kind: "StorageV2", sku: { name: "Standard_LRS" } },
  "azure-native:operationalinsights:Workspace": { sku: { name: "PerGB2018" } },
  "azure-native:containerservice:ManagedCluster": {
    dnsPrefix: "theirs",
    identity: { type: "SystemAssigned" },
    oidcIssuerProfile: { enabled: true },
    securityProfile: { workloadIdentity: { enabled: true } },
    networkProfile: { networkPlugin: "azure", networkPluginMode: "overlay" },
    agentPoolProfiles: [{ name: "system", mode: "System", vmSize: "Standard_D4ds_v5", count: 2 }],
  },
};

function inputsFor(type: ArmType, location: string | undefined): Properties {
  return { ...LEAST[type.token], ...(location === undefined || type.isGlobal === true ? {} : { location }) };
}
