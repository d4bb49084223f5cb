import { at, objectAt, type OperationContext, textOf, TwinError, type WorldState } from "../framework";
import { findObject, type KubeObject, type ObjectIdentity, objectKey, objects, releases } from "./cluster";
import { isAlive, WORKER_POOL_FINALIZER } from "./reactions";

const DEFAULT_TIMEOUT_SECONDS = 600;

/** Deletes an object and waits until it is gone; one that does not exist is gone already. Throws when finalizers keep it. */
export async function deleteObject(identity: ObjectIdentity, context: OperationContext): Promise<void> {
  const timeoutSeconds = context.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  const isGone = (): true | undefined =>
    context.world.change((state) => remove(state, identity)) ? true : undefined;
  if ((await context.poll(isGone, { intervalSeconds: 10, timeoutSeconds })) === true) return;
  const holders = context.world.read((state) => holdersOf(state, identity));
  const id = identity.namespace === undefined ? identity.name : `${identity.namespace}/${identity.name}`;
  throw new TwinError(
    `timed out waiting for ${identity.kind} "${id}" to be deleted; finalizers might be preventing deletion: ` +
      holders.map(({ kind, name, finalizers }) => `${kind} "${name}" [${finalizers.join(", ")}]`).join(", "),
  );
}

/** Takes an object away if nothing holds it, else marks it as terminating; answers whether it is gone. */
export function remove(state: WorldState, identity: ObjectIdentity): boolean {
  const rows = objects.of(state);
  const found = findObject(state, identity);
  if (found === undefined) return true;
  const isHeld = contentsOf(state, found).filter((content) => !remove(state, content)).length > 0;
  if (isHeld || remainingFinalizers(state, found).length > 0) {
    rows.set(objectKey(identity), { ...found, terminating: true });
    return false;
  }
  rows.delete(objectKey(identity));
  if (found.kind === "Namespace") forgetReleases(state, found.name);
  return true;
}

/** What goes with an object: the contents of a namespace, the pods of a Deployment, the objects of a custom kind. */
function contentsOf(state: WorldState, object: KubeObject): KubeObject[] {
  const all = objects
    .of(state)
    .entries()
    .map(([, entry]) => entry);
  if (object.kind === "Namespace") return all.filter(({ namespace }) => namespace === object.name);
  if (object.kind === "Deployment") return all.filter(({ owner }) => owner === objectKey(object));
  if (object.kind !== "CustomResourceDefinition") return [];
  const { group, names } = objectAt(object.body, "spec");
  return all.filter(
    (entry) => entry.kind === at(names, "kind") && entry.apiVersion.startsWith(`${textOf(group)}/`),
  );
}

/** A living controller does what its finalizer waits for; a dead one never will. */
function remainingFinalizers(state: WorldState, object: KubeObject): readonly string[] {
  return object.finalizers.filter(
    (name) => name !== WORKER_POOL_FINALIZER || !isAlive(state, "worker-pools"),
  );
}

function holdersOf(state: WorldState, identity: ObjectIdentity): KubeObject[] {
  const found = findObject(state, identity);
  if (found === undefined) return [];
  return [found, ...contentsOf(state, found)].filter(
    (object) => remainingFinalizers(state, object).length > 0,
  );
}

/** The records of releases live in Secrets of their namespace and go with it. */
function forgetReleases(state: WorldState, namespace: string): void {
  for (const [key] of releases.of(state).entries()) {
    if (key.startsWith(`${namespace}/`)) releases.of(state).delete(key);
  }
}
