import { isProperties, listAt, stringAt, type Value, type WorldState } from "../../framework";
import { type ArmRecord, resources } from "./tables";
import { groupOfId, idKey, isWithin, sameId } from "./resource-id";

/** Finds a resource by its id, whatever the case. */
export function findResource(state: WorldState, id: string | undefined): ArmRecord | undefined {
  return id === undefined ? undefined : resources.of(state).get(idKey(id));
}

/** Every resource of a type. */
export function allOfType(state: WorldState, type: string): ArmRecord[] {
  return resources
    .of(state)
    .entries()
    .map(([, record]) => record)
    .filter((record) => record.type.toLowerCase() === type.toLowerCase());
}

/** Everything below a resource, itself left out. */
export function below(state: WorldState, id: string): ArmRecord[] {
  return resources
    .of(state)
    .entries()
    .filter(([key]) => key !== idKey(id) && isWithin(key, id))
    .map(([, record]) => record);
}

/** The location of a resource, or of the group it is in, in short form, as `westeurope`. */
export function locationOf(state: WorldState, id: string): string | undefined {
  const own = stringAt(findResource(state, id)?.properties, "location");
  if (own !== undefined) return shortLocation(own);
  const group = groupOfId(id);
  return group === undefined || sameId(group, id) ? undefined : locationOf(state, group);
}

/** The short form of a location: `West Europe` is `westeurope`. */
export function shortLocation(location: string): string {
  return location.replace(/\s/g, "").toLowerCase();
}

/** Every resource id that occurs in a value, with the path at which it does. */
export function referencesIn(value: Value | undefined, path = ""): { id: string; path: string }[] {
  if (typeof value === "string") {
    return /^\/subscriptions\/[^/]+\/resource[gG]roups\/[^/]+\/providers\//.test(value)
      ? [{ id: value, path }]
      : [];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => referencesIn(item, `${path}[${index}]`));
  if (!isProperties(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    ...referencesIn(item, path === "" ? key : `${path}.${key}`),
    ...(key.startsWith("/subscriptions/") ? referencesIn(key, path) : []),
  ]);
}

/** The principal of a user-assigned identity, by the id of the identity. */
export function principalOf(state: WorldState, identityId: string | undefined): string | undefined {
  return stringAt(findResource(state, identityId)?.computed, "principalId");
}

/** The ids of the user-assigned identities that an `identity` names, as a list or as the keys of a map. */
export function assignedIdentities(identity: Value | undefined): string[] {
  const listed = listAt(identity, "userAssignedIdentities").filter((id) => typeof id === "string");
  if (listed.length > 0) return listed;
  const mapped = isProperties(identity) ? identity["userAssignedIdentities"] : undefined;
  return isProperties(mapped) ? Object.keys(mapped) : [];
}
