import { at, objectAt, type Properties, type WorldState } from "../../framework";
import { definitionOf } from "../arm/definition";
import { outputsOf } from "../arm/outputs";
import { idKey } from "../arm/resource-id";
import { type ArmRecord, resources, unregistered } from "../arm/tables";
import { minorVersions } from "../cluster/update-checks";
import { clientOf } from "../config";
import { hasPair, hasZones, regions } from "../regions";
import { type ArmWorld, armWorld, type JsonObject, kubernetesVersion, region, vmSku } from "./subscription";
import { wireBody } from "./wire";

/** Password of the simulated application that deploys. It opens nothing. */
export const CLIENT_SECRET = "secret-of-nobody";

/** A subscription in which none of these runs out. */
const enoughOf = (names: Iterable<string>): ArmWorld["usages"]["compute"] =>
  new Map([...names].map((title) => [title, { title, used: 0, limit: 10_000 }]));

/** Families of machines in the sizes that are simulated, with the numbers of their vCPUs. */
const FAMILIES = ["Ds_v5", "ds_v5", "ads_v5", "as_v5", "s_v6", "ds_v6", "ads_v6"] as const;
const VCPUS = [2, 4, 8, 16, 32, 48, 64] as const;

/** A subscription with all that the twin holds, in which everything may be done and nothing runs out. */
export function subscriptionView(state: WorldState, subscriptionId: string): ArmWorld {
  const { tenantId, clientId, objectId } = clientOf({});
  const usual = armWorld(subscriptionId);
  const own = resources
    .of(state)
    .entries()
    .map(([, record]) => record);
  const isGroup = ({ type }: ArmRecord): boolean => type === "Microsoft.Resources/resourceGroups";
  return {
    ...usual,
    tenantId,
    application: { ...usual.application, clientId, objectId, secrets: { [CLIENT_SECRET]: "valid" } },
    providers: new Map(
      [...usual.providers].map(([namespace, registered]) => [
        namespace,
        unregistered.of(state).has(namespace.toLowerCase()) ? "NotRegistered" : registered,
      ]),
    ),
    features: new Map([["Microsoft.Compute/EncryptionAtHost", "Registered"]]),
    locations: regions.map((name) =>
      region(subscriptionId, name, name, hasZones(name) ? 3 : 0, hasPair(name) ? `${name}pair` : undefined),
    ),
    skus: FAMILIES.flatMap((family) => VCPUS.map((vCpus) => size(family, vCpus))),
    usages: {
      compute: enoughOf(["cores", "virtualMachines", ...FAMILIES.map(quotaOf)]),
      network: enoughOf(["PublicIPAddresses", "IPv4StandardSkuPublicIpAddresses"]),
      storage: enoughOf(["StorageAccounts"]),
      postgres: enoughOf(["cores", ...usual.usages.postgres.keys()]),
    },
    kubernetesVersions: minorVersions.map((version) => kubernetesVersion(version)),
    groups: new Map(
      own
        .filter(isGroup)
        .map((record) => [
          record.name,
          { ...bodyOf(record), properties: { provisioningState: "Succeeded" } },
        ]),
    ),
    resources: new Map(
      own.filter((record) => !isGroup(record)).map((record) => [idKey(record.id), bodyOf(record)]),
    ),
    pageSize: 100,
  };
}

const quotaOf = (family: string): string => `standardD${family.replace("_", "").toUpperCase()}Family`;

const size = (family: string, vCpus: number): JsonObject => {
  const [letters = "", generation = ""] = family.split("_");
  return vmSku(`Standard_D${vCpus}${letters}_${generation}`, quotaOf(family), vCpus, {
    locations: regions,
    locationInfo: regions.map((location) => ({
      location,
      zones: hasZones(location) ? ["1", "2", "3"] : [],
      zoneDetails: [],
    })),
  });
};

/** A resource as Resource Manager sends it. */
function bodyOf(record: ArmRecord): JsonObject {
  const type = definitionOf(record.id);
  const { id, name } = record;
  if (type === undefined) return { id, name, type: record.type };
  const outputs = outputsOf(type, record);
  const body = wireBody(type.contract, { provisioningState: "Succeeded", ...outputs }) as Properties;
  const tags = at(outputs, "tags");
  return {
    ...body,
    id,
    name,
    type: record.type,
    ...(tags !== undefined && { tags: objectAt(outputs, "tags") }),
    ...(record.managedBy !== undefined && { managedBy: record.managedBy }),
  } as JsonObject;
}
