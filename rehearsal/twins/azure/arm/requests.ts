import { type Properties, TwinError, type World, type WorldState } from "../../framework";
import type { Client } from "../config";
import {
  groupNotFound,
  parentNotFound,
  refuseLockedDeletion,
  refuseLockedWrite,
  requireFitTags,
  requireFreeName,
  requireLocation,
  requireReferences,
} from "./refusals";
import { type ArmRequest, type ArmType, type Claim, definitionOf } from "./definition";
import { toProperties } from "./outputs";
import { groupOfId, idKey, nameOfId, parentOfId, sameId, typeOfId } from "./resource-id";
import {
  type ArmRecord,
  below,
  findResource,
  locationOf,
  resources,
  shortLocation,
  unregistered,
} from "./tables";

/** A write to the Resource Manager, within a transaction. */
export interface WriteRequest {
  readonly state: WorldState;
  readonly world: World;
  readonly id: string;
  readonly inputs: Properties;
  readonly client: Client;
  readonly now: Date;
}

/** Throws what the service refuses of a write, and answers the request with what is there before it. */
export function judgeWrite(
  type: ArmType,
  write: WriteRequest,
  oldInputs?: Properties,
): { readonly request: ArmRequest; readonly before: ArmRecord | undefined } {
  const { state, id, inputs } = write;
  const before = findResource(state, id);
  requireRegistration(state, type);
  requireSurroundings(state, id, write.client);
  refuseLockedWrite(state, id);
  if (before === undefined && type.worldUnique === true) requireFreeName(state, id);
  const { location: given } = inputs;
  const location = typeof given === "string" ? shortLocation(given) : locationOf(state, parentOfId(id) ?? id);
  const request = { ...write, name: nameOfId(id), location };
  requireLocation(type, request);
  requireFitTags(request);
  requireReferences(type, request);
  type.validate?.(request);
  if (before !== undefined && oldInputs !== undefined)
    type.validateUpdate?.({ ...request, before, oldInputs });
  return { request, before };
}

/** Makes or changes a resource as far as the service allows it, and answers what it then is. */
export function writeResource(type: ArmType, write: WriteRequest, oldInputs?: Properties): ArmRecord {
  const { state, id, inputs, world } = write;
  const { request, before } = judgeWrite(type, write, oldInputs);
  const record: ArmRecord = {
    id: before?.id ?? id,
    type: type.type ?? typeOfId(id),
    name: before?.name ?? nameOfId(id),
    properties: toProperties(type, inputs, world),
    computed: type.compute?.(request, before) ?? {},
    ...(before?.managedBy === undefined ? {} : { managedBy: before.managedBy }),
  };
  resources.of(state).set(idKey(id), record);
  type.afterWrite?.(request, record, before);
  return record;
}

/** Throws what keeps a resource from being taken away, and answers it; `undefined` when it is gone already. */
export function judgeDeletion(
  type: ArmType,
  { state, id, now }: { readonly state: WorldState; readonly id: string; readonly now: Date },
): ArmRecord | undefined {
  const record = findResource(state, id);
  if (record === undefined) return undefined;
  if (type.isSetBack === true) refuseLockedWrite(state, id);
  else refuseLockedDeletion(state, id);
  type.blockDeletion?.({ state, id, name: record.name, now, record });
  return record;
}

/** Takes a resource and all below it away, unless something needs it; one that is not there is gone already. */
export function deleteResource(
  type: ArmType,
  deletion: { readonly state: WorldState; readonly id: string; readonly now: Date },
): void {
  const { state, id, now } = deletion;
  const record = judgeDeletion(type, deletion);
  if (record === undefined) return;
  const contents = type.singleton === undefined ? below(state, id) : [];
  for (const child of [record, ...contents]) {
    resources.of(state).delete(idKey(child.id));
    const request = { state, id: child.id, name: child.name, now, record: child };
    (child === record ? type : definitionOf(child.id))?.afterDelete?.(request);
  }
}

function requireRegistration(state: WorldState, type: ArmType): void {
  const namespace = /providers\/([^/]+)/.exec(type.path)?.[1];
  if (namespace === undefined || !unregistered.of(state).has(namespace.toLowerCase())) return;
  throw new TwinError(
    `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`,
    "MissingSubscriptionRegistration",
  );
}

function requireSurroundings(state: WorldState, id: string, client: Client): void {
  const group = groupOfId(id);
  if (group !== undefined && !sameId(group, id)) {
    const found = findResource(state, group);
    if (found === undefined) throw groupNotFound(id);
    refuseInManagedGroup(state, found, id, client);
  }
  const parent = parentOf(id);
  if (parent !== undefined && definitionOf(parent) !== undefined && findResource(state, parent) === undefined)
    throw parentNotFound(id, parent);
}

/** What must be there for a child to be: the settings in between always are. */
function parentOf(id: string): string | undefined {
  const parent = parentOfId(id);
  if (parent === undefined || definitionOf(parent)?.singleton === undefined) return parent;
  return parentOf(parent);
}

/** The group that a cluster has made for its nodes can be closed to everybody else. */
function refuseInManagedGroup(state: WorldState, group: ArmRecord, id: string, client: Client): void {
  const owner = findResource(state, group.managedBy)?.properties["nodeResourceGroupProfile"];
  if (typeof owner !== "object" || owner === null || !("restrictionLevel" in owner)) return;
  if (owner["restrictionLevel"] !== "ReadOnly") return;
  throw new TwinError(
    `The client '${client.clientId}' with object id '${client.objectId}' has permission to perform action '${typeOfId(id)}/write' on scope '${id}'; ` +
      `however, the access is denied because of the deny assignment of '${group.managedBy ?? ""}'.`,
    "DenyAssignmentAuthorizationFailed",
  );
}

interface Held {
  readonly shared: boolean;
  count: number;
}

// Operations live as long as their process, and so do their claims.
const heldIn = new WeakMap<World, Map<string, Held>>();

/**
 * Takes hold of everything an operation claims, and answers how to let go; `undefined` when nothing is held.
 * Throws what the service answers when something is taken.
 *
 * @param failLate leaves behind what an operation leaves that fails after it was accepted
 */
export function takeHold(
  world: World,
  claims: readonly Claim[],
  failLate: (error: TwinError) => TwinError = (error) => error,
): (() => void) | undefined {
  const held = heldIn.get(world) ?? new Map<string, Held>();
  heldIn.set(world, held);
  for (const { key, shared, code, message, late } of claims) {
    const other = held.get(key);
    if (other === undefined || (other.shared && shared === true)) continue;
    const error = new TwinError(message, code);
    throw late === true ? failLate(error) : error;
  }
  const taken = claims.filter(({ weak }) => weak !== true);
  if (taken.length === 0) return undefined;
  for (const { key, shared } of taken) {
    const other = held.get(key);
    if (other === undefined) held.set(key, { shared: shared === true, count: 1 });
    else other.count += 1;
  }
  return () => {
    for (const { key } of taken) {
      const mine = held.get(key);
      if (mine !== undefined && (mine.count -= 1) === 0) held.delete(key);
    }
  };
}
