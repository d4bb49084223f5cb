import { stringify } from "yaml";
import {
  at,
  listAt,
  objectAt,
  stringAt,
  textOf,
  TwinError,
  type World,
  type WorldState,
} from "../../framework";
import {
  controllers,
  findObject,
  type KubeObject,
  namespaceExists,
  newObject,
  objectKey,
  objects,
  type ReleaseRecord,
  releases,
} from "../cluster";
import { remove } from "../deletion";
import { pluralOf } from "../kinds";
import { balance, balancer, ingressAddress, issue, WORKER_POOL_FINALIZER } from "../reactions";
import type { Rendering } from "./release-inputs";
import type { RenderedObject } from "./rendered";

/** What a release is called and how it treats what it finds. */
export interface Installation {
  readonly name: string;
  readonly namespace: string;
  readonly createNamespace: boolean;
  readonly takeOwnership: boolean;
  readonly now: Date;
  /** Encrypts what must not be read in the world. */
  readonly world: Pick<World, "seal">;
}

/** Puts the objects of a release into the cluster and records it; throws as Helm does, leaving nothing behind. */
export function install(state: WorldState, rendering: Rendering, installation: Installation): void {
  const { namespace, name, createNamespace, now } = installation;
  if (!namespaceExists(state, namespace)) {
    if (!createNamespace)
      throw new TwinError(`create: failed to create: namespaces "${namespace}" not found`);
    const identity = { apiVersion: "v1", kind: "Namespace", name: namespace };
    objects
      .of(state)
      .set(objectKey(identity), newObject(identity, { metadata: {} }, { now, status: { phase: "Active" } }));
  }
  if (findObject(state, { apiVersion: "v1", kind: "Namespace", name: namespace })?.terminating === true) {
    throw new TwinError(
      `create: failed to create: unable to create new content in namespace ${namespace} because it is being terminated`,
    );
  }
  const key = `${namespace}/${name}`;
  if (releases.of(state).has(key)) throw new TwinError("cannot re-use a name that is still in use");
  for (const { body, isKept: _, ...identity } of rendering.definitions ?? []) {
    if (findObject(state, identity) === undefined)
      objects.of(state).set(objectKey(identity), newObject(identity, body, { now }));
  }
  apply(state, rendering, installation, { revision: 1, status: "pending-install" });
}

/** Changes a release to another rendering; objects that are no longer rendered go. Throws as Helm does. */
export function upgrade(
  state: WorldState,
  rendering: Rendering,
  installation: Installation,
  status: "pending-upgrade" | "pending-rollback",
): void {
  const key = `${installation.namespace}/${installation.name}`;
  const before = releases.of(state).get(key);
  if (before === undefined) throw new TwinError(`"${installation.name}" has no deployed releases`);
  // A process that died has left it so; Helm rolls back what failed, and nothing else.
  if (before.status.startsWith("pending-") && status === "pending-upgrade")
    throw new TwinError("another operation (install/upgrade/rollback) is in progress");
  const kept = new Set(rendering.objects.map(objectKey));
  for (const stale of before.objects.filter((object) => !kept.has(object))) {
    const found = objects.of(state).get(stale);
    if (found !== undefined) remove(state, found);
  }
  dismiss(state, key);
  apply(state, rendering, installation, { revision: before.revision + 1, status });
}

/** Marks a release as failed or deployed. */
export function mark(state: WorldState, key: string, status: "deployed" | "failed"): void {
  const record = releases.of(state).get(key);
  if (record !== undefined) releases.of(state).set(key, { ...record, status });
}

/** Takes a release away with all its objects but the kept ones; answers the objects that will not go. */
export function uninstall(state: WorldState, key: string): KubeObject[] {
  const record = releases.of(state).get(key);
  if (record === undefined) return [];
  dismiss(state, key);
  releases.of(state).delete(key);
  const owned = record.objects.flatMap((object) => objects.of(state).get(object) ?? []);
  return owned.filter((object) => {
    if (at(object.body, "isKept") === true) return false;
    return !remove(state, object);
  });
}

/** Records a revision as begun and applies it: until it is marked, its end is unknown, as when the process dies. */
function apply(
  state: WorldState,
  rendering: Rendering,
  installation: Installation,
  { revision, status }: Pick<ReleaseRecord, "revision" | "status">,
): void {
  const key = `${installation.namespace}/${installation.name}`;
  for (const object of rendering.objects) own(state, object, key, installation);
  for (const role of rendering.controllers ?? []) {
    const [kind = ""] = role.split(":");
    if (kind === "cert-manager" || kind === "worker-pools" || kind === "ingress")
      controllers.of(state).set(role, { role: kind, release: key });
  }
  balanceServices(state, key, installation.now);
  for (const object of rendering.objects) serve(state, object, installation.world);
  const { name: chart, version, appVersion } = rendering.chart;
  releases.of(state).set(key, {
    chart,
    version,
    appVersion,
    revision,
    status,
    updated: new Date().toISOString(),
    objects: rendering.objects.map(objectKey),
    manifest: rendering.objects.map(documentOf).join("---\n"),
  });
  adoptWorkerPools(state);
}

function documentOf({ apiVersion, kind, name, namespace, body }: RenderedObject): string {
  const metadata = { name, ...(namespace !== undefined && { namespace }), ...objectAt(body, "metadata") };
  return stringify({ apiVersion, kind, ...body, metadata });
}

function own(state: WorldState, object: RenderedObject, release: string, installation: Installation): void {
  const { body, isKept, ...identity } = object;
  const found = findObject(state, identity);
  if (found !== undefined && found.release !== release && !installation.takeOwnership) {
    const place = identity.namespace === undefined ? "" : ` in namespace "${identity.namespace}"`;
    throw new TwinError(
      `Unable to continue with install: ${identity.kind} "${identity.name}"${place} exists and cannot be imported into the ` +
        `current release: invalid ownership metadata; ${ownership(found.release, installation)} (${pluralOf(identity.kind)})`,
    );
  }
  const content = isKept === true ? { ...body, isKept } : body;
  const made = newObject(identity, content, {
    now: installation.now,
    release,
  });
  const isSame = found !== undefined;
  objects
    .of(state)
    .set(
      objectKey(identity),
      isSame
        ? { ...made, uid: found.uid, createdAt: found.createdAt, resourceVersion: found.resourceVersion + 1 }
        : made,
    );
}

/** What Helm says of an object without its annotations, or with those of another release. */
function ownership(owner: string | undefined, { name, namespace }: Installation): string {
  const prefix = "annotation validation error:";
  if (owner === undefined)
    return `${prefix} missing key "meta.helm.sh/release-name": must be set to "${name}"`;
  const [ownNamespace = "", ownName = ""] = owner.split("/");
  return ownName === name
    ? `${prefix} key "meta.helm.sh/release-namespace" must equal "${namespace}": current value is "${ownNamespace}"`
    : `${prefix} key "meta.helm.sh/release-name" must equal "${name}": current value is "${ownName}"`;
}

/** Lets the cloud balance the Services of a release; answers why some have no address. */
export function balanceServices(state: WorldState, release: string, now: Date): string[] {
  return objects
    .of(state)
    .entries()
    .flatMap(([key, object]) => {
      if (object.release !== release || object.kind !== "Service") return [];
      if (at(object.body, "spec", "type") !== "LoadBalancer") return [];
      const balancing = balance(state, object, now);
      if ("reason" in balancing)
        return [`Service ${object.namespace ?? ""}/${object.name}: ${balancing.reason}`];
      const status = { loadBalancer: balancer(balancing.address) };
      objects.of(state).set(key, { ...object, status });
      return [];
    });
}

/** Lets ingress controllers and cert-manager act on the ingresses of a release. */
function serve(state: WorldState, identity: RenderedObject, world: Pick<World, "seal">): void {
  const { body } = identity;
  if (identity.kind !== "Ingress") return;
  const found = findObject(state, identity);
  const address = ingressAddress(state, stringAt(body, "spec", "ingressClassName"));
  if (found !== undefined && address !== undefined) {
    objects.of(state).set(objectKey(identity), { ...found, status: { loadBalancer: balancer(address) } });
  }
  const issuer = stringAt(body, "metadata", "annotations", "cert-manager.io/cluster-issuer");
  if (issuer === undefined || !controllers.of(state).has("cert-manager")) return;
  if (
    findObject(state, { apiVersion: "cert-manager.io/v1", kind: "ClusterIssuer", name: issuer }) === undefined
  )
    return;
  for (const entry of listAt(body, "spec", "tls"))
    issue(
      state,
      {
        namespace: identity.namespace ?? "",
        name: stringAt(entry, "secretName") ?? "",
        hosts: listAt(entry, "hosts").map(textOf),
        issuer: { kind: "ClusterIssuer", name: issuer },
      },
      world,
    );
}

/** A controller puts its finalizer on the pools it finds. */
function adoptWorkerPools(state: WorldState): void {
  if (!controllers.of(state).has("worker-pools")) return;
  for (const [key, object] of objects.of(state).entries()) {
    if (object.kind === "WorkerPool")
      objects.of(state).set(key, { ...object, finalizers: [WORKER_POOL_FINALIZER] });
  }
}

function dismiss(state: WorldState, release: string): void {
  for (const [role, controller] of controllers.of(state).entries()) {
    if (controller.release === release) controllers.of(state).delete(role);
  }
}
