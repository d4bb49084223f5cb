import { type Properties, table, type World, type WorldState } from "../../framework";
import { idKey } from "./resource-id";

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
