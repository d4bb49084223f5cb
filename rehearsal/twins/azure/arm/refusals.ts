import {
  isProperties,
  objectAt,
  stringAt,
  textOf,
  TwinError,
  type Value,
  type WorldState,
} from "../../framework";
import { cloudFacts, hasZones, isRegion } from "../regions";
import { type ArmRequest, type ArmType, definitionOf } from "./definition";
import { toProperties } from "./outputs";
import { groupOfId, isWithin, nameOfId, typeOfId } from "./resource-id";
import { allOfType, findResource, locationOf, referencesIn, takenNames } from "./tables";

/** The answer for a resource group that is not there. */
export function groupNotFound(id: string): TwinError {
  return new TwinError(
    `Resource group '${nameOfId(groupOfId(id) ?? id)}' could not be found.`,
    "ResourceGroupNotFound",
  );
}

/** The answer for a child whose parent is not there. */
export function parentNotFound(id: string, parent: string): TwinError {
  return new TwinError(
    `Failed to perform 'write' on resource(s) of type '${typeOfId(id)}', because the parent resource '${parent}' could not be found.`,
    "ParentResourceNotFound",
  );
}

/** The answer for a resource that is looked up and is not there. */
export function resourceNotFound(id: string): TwinError {
  return new TwinError(
    `The Resource '${typeOfId(id)}/${nameOfId(id)}' under resource group '${nameOfId(groupOfId(id) ?? "")}' was not found.`,
    "ResourceNotFound",
  );
}

/** The answer for a reference to something that is not there. */
export function referenceNotFound(id: string, by: string): TwinError {
  return new TwinError(
    `Resource ${id} referenced by resource ${by} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`,
    "InvalidResourceReference",
  );
}

/** The answer for a property that cannot be as it is asked for. */
export function invalidParameter(message: string, code = "InvalidParameter"): TwinError {
  return new TwinError(message, code);
}

const MOST_TAGS = 50;
const MOST_TAGS_OF_STORAGE = 15;

/** Throws when a resource is to be in a region that there is not, or in one although its type is in none. */
export function requireLocation(type: ArmType, { id, location = "", inputs, client }: ArmRequest): void {
  if (type.located !== true) return;
  const isOffered =
    type.isGlobal === true
      ? location === "global"
      : isRegion(location) && cloudFacts[client.cloud].isRegion(location);
  if (isOffered) return;
  const given = textOf(inputs["location"]);
  if (typeOfId(id) === "Microsoft.Resources/resourceGroups")
    throw invalidParameter(
      `The provided location '${given}' is not available for resource group '${nameOfId(id)}'.`,
      "LocationNotAvailableForResourceGroup",
    );
  throw invalidParameter(
    `The provided location '${given}' is not available for resource type '${typeOfId(id)}'` +
      (type.isGlobal === true ? "; it must be 'global'." : "."),
    "LocationNotAvailableForResourceType",
  );
}

/** Throws when a resource has more or longer tags than it may have, or tags with characters that are kept. */
export function requireFitTags({ id, inputs }: ArmRequest): void {
  const tags = Object.entries(objectAt(inputs, "tags"));
  const isStorage = typeOfId(id).startsWith("Microsoft.Storage/");
  const most = isStorage ? MOST_TAGS_OF_STORAGE : MOST_TAGS;
  if (tags.length > most)
    throw invalidParameter(`The resource ${id} has ${tags.length} tags, more than ${most}.`, "TooManyTags");
  for (const [name, value] of tags) {
    if (/[<>%&\\?/]/.test(name))
      throw invalidParameter(
        `The tag names '${name}' have reserved characters '<,>,%,&,\\,?,/' or control characters.`,
        "InvalidTagNameCharacters",
      );
    if (name.length > (isStorage ? 128 : 512) || textOf(value).length > 256)
      throw invalidParameter(`The tag '${name}' of ${id} is too long.`, "InvalidTag");
  }
}

/** Throws when something that is referred to is not there, or is in another region than the network that refers to it. */
export function requireReferences(type: ArmType, request: ArmRequest): void {
  const { state, id, inputs, world, location } = request;
  for (const reference of referencesIn(toProperties(type, inputs, world))) {
    const target = definitionOf(reference.id);
    if (target === undefined) continue;
    if (findResource(state, reference.id) === undefined) throw referenceNotFound(reference.id, id);
    const areNetworks = [id, reference.id].every((each) => typeOfId(each).startsWith("Microsoft.Network/"));
    const isFar = target.isGlobal !== true && locationOf(state, reference.id) !== location;
    if (areNetworks && type.isGlobal !== true && isFar) throw referenceNotFound(reference.id, id);
  }
}

/** Throws when zones are asked for that the region does not have. */
export function requireZones(zones: Value | undefined, { id, location }: ArmRequest): void {
  const wanted = Array.isArray(zones) ? zones.map(String) : [];
  if (wanted.length === 0) return;
  const offered = hasZones(location) ? ["1", "2", "3"] : [];
  if (wanted.every((zone) => offered.includes(zone))) return;
  throw invalidParameter(
    `The zone(s) '${wanted.join(",")}' for resource '${id}' is not supported. The supported zones for location '${location ?? ""}' are '${offered.join(",")}'`,
    "AvailabilityZoneNotSupported",
  );
}

/** The name of a `sku`, which is an object or, in places, a text. */
export function skuName(sku: Value | undefined): string {
  const name = isProperties(sku) ? sku["name"] : sku;
  return typeof name === "string" ? name : "";
}

/** Throws when what a role, a lock or a setting is put on does not exist. */
export function requireScope({ state, inputs }: ArmRequest): void {
  const scope = stringAt(inputs, "scope") ?? stringAt(inputs, "resourceUri") ?? "";
  if (definitionOf(scope) === undefined || findResource(state, scope) !== undefined) return;
  throw resourceNotFound(scope);
}

/** Throws when somebody in the world has the name of a resource whose type shares one space of names. */
export function requireFreeName(state: WorldState, id: string): void {
  const name = nameOfId(id);
  const type = typeOfId(id);
  const isTaken =
    takenNames.of(state).has(`${type}/${name}`.toLowerCase()) ||
    allOfType(state, type).some((record) => record.name.toLowerCase() === name.toLowerCase());
  if (!isTaken) return;
  const { code, message } = TAKEN[type] ?? { code: "NameNotAvailable", message: "is already in use" };
  throw new TwinError(`The name '${name}' ${message}.`, code);
}

const TAKEN: Readonly<Record<string, { code: string; message: string }>> = {
  "Microsoft.Storage/storageAccounts": {
    code: "StorageAccountAlreadyTaken",
    message: "is already taken as the name of a storage account",
  },
  "Microsoft.ContainerRegistry/registries": {
    code: "AlreadyInUse",
    message: "is already in use by another registry",
  },
  "Microsoft.DBforPostgreSQL/flexibleServers": {
    code: "ServerNameAlreadyExists",
    message: "is already used by another server",
  },
};

const LOCKS = "Microsoft.Authorization/locks";

/** Throws when a lock forbids to take something away: one on it, below it, or on a group or parent it is in. */
export function refuseLockedDeletion(state: WorldState, id: string): void {
  refuse(state, id, "delete", ({ level, scope }) =>
    level === "CanNotDelete" || level === "ReadOnly" ? isWithin(id, scope) || isWithin(scope, id) : false,
  );
}

/** Throws when a lock forbids to make or change something: one on it, or on a group or parent it is in. */
export function refuseLockedWrite(state: WorldState, id: string): void {
  refuse(state, id, "write", ({ level, scope }) => level === "ReadOnly" && isWithin(id, scope));
}

interface Lock {
  readonly level: string | undefined;
  readonly scope: string;
}

function refuse(
  state: WorldState,
  id: string,
  operation: "delete" | "write",
  holds: (lock: Lock) => boolean,
): void {
  if (typeOfId(id) === LOCKS) return;
  const lock = allOfType(state, LOCKS)
    .map(({ id: lockId, properties }) => ({
      level: stringAt(properties, "level"),
      scope: lockId.replace(/\/providers\/Microsoft\.Authorization\/locks\/[^/]+$/i, ""),
    }))
    .find(holds);
  if (lock === undefined) return;
  throw new TwinError(
    `The scope '${id}' cannot perform ${operation} operation because following scope(s) are locked: '${lock.scope}'. Please remove the lock and try again.`,
    "ScopeLocked",
  );
}
