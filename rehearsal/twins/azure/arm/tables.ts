import {
  isProperties,
  listAt,
  type Properties,
  stringAt,
  table,
  type Value,
  type World,
  type WorldState,
} from "../../framework";
import { groupOfId, idKey, isWithin, sameId } from "./resource-id";

/** A resource as the simulated Resource Manager keeps it. */
export interface ArmRecord {
  readonly id: string;
  /** As `Microsoft.Network/virtualNetworks/subnets`. */
  readonly type: string;
  readonly name: string;
  /** What was declared, without the parameters of the id; secrets are sealed. */
  readonly properties: Properties;
  /** What the service decided. */
  readonly computed: Properties;
  /** The resource that made this one and takes it away again, as the cluster of a node resource group. */
  readonly managedBy?: string;
}

/** Something that stays for a while after what caused it has gone. */
export interface Lingering {
  readonly resource: string;
  /** Simulated end, as ISO 8601. */
  readonly until: string;
}

/** Resources by their ids in lower case. */
export const resources = table<ArmRecord>("azure/resource");
/** Namespaces that the subscription is not registered for, by name in lower case. */
export const unregistered = table<{ readonly namespace: string }>("azure/unregistered");
/** Names that somebody else in the world has, by `<type>/<name>` in lower case. */
export const takenNames = table<{ readonly name: string }>("azure/taken-name");
/** Links of deleted servers, deletions that are still going on and roles that do not hold yet, by an id. */
export const lingering = table<Lingering>("azure/lingering");

/**
 * Delays of a world in which they are not as usual: under the key `roles`, until an assigned role holds; under `settling`,
 * until what has just been made is done with what follows its creation.
 */
export const delays = table<{ readonly seconds: number }>("azure/delay");

/** Lets something linger for some simulated seconds. */
export function linger(
  state: WorldState,
  key: string,
  what: { readonly resource: string; readonly now: Date; readonly seconds: number },
): void {
  const until = new Date(what.now.getTime() + what.seconds * 1000).toISOString();
  lingering.of(state).set(idKey(key), { resource: what.resource, until });
}

/** The resource on whose account something still lingers; `undefined` when it is over. */
export function lingersFor(state: WorldState, key: string, now: Date): string | undefined {
  const found = lingering.of(state).get(idKey(key));
  return found !== undefined && new Date(found.until) > now ? found.resource : undefined;
}

const settlingKey = (id: string): string => `settling of ${id}`;

/** Lets a resource that has just been made go on by itself for some simulated seconds, during which it is busy. */
export function settle(
  state: WorldState,
  id: string,
  { now, seconds }: { readonly now: Date; readonly seconds: number },
): void {
  const usual = delays.of(state).get("settling")?.seconds;
  linger(state, settlingKey(id), { resource: id, now, seconds: usual ?? seconds });
}

/** Whether a resource is still busy with what follows its creation. */
export function isSettling(state: WorldState, id: string, now: Date): boolean {
  return lingersFor(state, settlingKey(id), now) !== undefined;
}

/** Ends all that lingers: simulated time starts anew with every host, and what is left of before is long over. */
export function endLingering(world: World): void {
  world.change((state) => {
    for (const [key] of lingering.of(state).entries()) lingering.of(state).delete(key);
  });
}

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
