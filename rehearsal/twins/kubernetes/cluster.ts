import { randomUUID } from "node:crypto";
import { at, type Properties, type Rows, table, type WorldState } from "../framework";

/** An object of the simulated cluster. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Absent for objects of the whole cluster. */
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: number;
  /** Time of creation, as ISO 8601. */
  readonly createdAt: string;
  /** What was declared: labels, annotations, spec and so on; the values of a Secret are sealed. */
  readonly body: Properties;
  readonly status?: Properties;
  readonly finalizers: readonly string[];
  /** The release that owns the object, as `namespace/name`. */
  readonly release?: string;
  /** Key of the object that made this one and takes it away again, as a Deployment its pods. */
  readonly owner?: string;
  /** Whether its deletion has begun and waits for its finalizers or contents. */
  readonly terminating?: boolean;
}

/** What runs in the cluster and acts on objects. */
export interface Controller {
  readonly role: "cert-manager" | "worker-pools" | "ingress";
  /** The release that runs it, as `namespace/name`. */
  readonly release: string;
}

/** A Helm release as the cluster records it. */
export interface ReleaseRecord {
  readonly chart: string;
  readonly version: string;
  readonly appVersion: string;
  readonly revision: number;
  /** `pending-…` while a process is at it, and for good when that dies. */
  readonly status: "deployed" | "failed" | "pending-install" | "pending-upgrade" | "pending-rollback";
  /** Time of the operation, as ISO 8601. */
  readonly updated: string;
  /** Keys of the objects it owns. */
  readonly objects: readonly string[];
  /** What the chart rendered: YAML documents. */
  readonly manifest: string;
}

/** Objects by {@link objectKey}. */
export const objects = table<KubeObject>("kubernetes/object");
/** Controllers by role, or by `ingress:<class>`. */
export const controllers = table<Controller>("kubernetes/controller");
/** Releases by `namespace/name`. */
export const releases = table<ReleaseRecord>("kubernetes/release");

/** What tells one object from all others. */
export interface ObjectIdentity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** The group of an API version; empty for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}

/** The key of an object: its group and kind, namespace and name; versions of a kind share their objects. */
export function objectKey({ apiVersion, kind, name, namespace }: ObjectIdentity): string {
  return [`${kind}.${groupOf(apiVersion)}`, namespace ?? "", name].join("|");
}

/** Makes an object that does not exist yet. */
export function newObject(
  identity: ObjectIdentity,
  body: Properties,
  extra: Partial<Pick<KubeObject, "status" | "finalizers" | "release" | "owner">> & { readonly now: Date },
): KubeObject {
  const { now, ...rest } = extra;
  return {
    finalizers: [],
    ...rest,
    ...identity,
    uid: randomUUID(),
    resourceVersion: 1,
    createdAt: now.toISOString(),
    body,
  };
}

/** Finds an object in a transaction. */
export function findObject(state: WorldState, identity: ObjectIdentity): KubeObject | undefined {
  return objects.of(state).get(objectKey(identity));
}

/** Finds the definition of a custom kind, whatever its version. */
export function findDefinition(state: WorldState, group: string, kind: string): KubeObject | undefined {
  return objects
    .of(state)
    .entries()
    .map(([, object]) => object)
    .find(
      ({ kind: of, body }) =>
        of === "CustomResourceDefinition" &&
        at(body, "spec", "group") === group &&
        at(body, "spec", "names", "kind") === kind,
    );
}

/** Whether a namespace exists; the ones every cluster starts with always do. */
export function namespaceExists(state: WorldState, name: string): boolean {
  return (
    BUILT_IN_NAMESPACES.includes(name) ||
    findObject(state, { apiVersion: "v1", kind: "Namespace", name }) !== undefined
  );
}

const BUILT_IN_NAMESPACES: readonly string[] = ["default", "kube-system", "kube-public", "kube-node-lease"];

/** Removes every object, release and controller, as when a cluster is deleted. */
export function emptyCluster(state: WorldState): void {
  for (const rows of [objects.of(state), releases.of(state), controllers.of(state)] satisfies Pick<
    Rows<object>,
    "entries" | "delete"
  >[]) {
    for (const [key] of rows.entries()) rows.delete(key);
  }
}
