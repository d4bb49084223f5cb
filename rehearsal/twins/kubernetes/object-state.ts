import {
  objectAt,
  omit,
  type Properties,
  type Recorded,
  stringAt,
  TwinError,
  type World,
} from "../framework";
import { findObject, type KubeObject, type ObjectIdentity } from "./cluster";
import type { Kind } from "./kinds";
import { asStringData, project, unsealData } from "./sealed-body";

/** What tells the object apart that inputs describe. */
export function identityOf(inputs: Properties, kind: Kind): ObjectIdentity {
  const identity = {
    apiVersion: stringAt(inputs, "apiVersion") ?? "",
    kind: stringAt(inputs, "kind") ?? "",
    name: stringAt(inputs, "metadata", "name") ?? "",
  };
  return kind.namespaced
    ? { ...identity, namespace: stringAt(inputs, "metadata", "namespace") ?? "default" }
    : identity;
}

/** What tells a recorded object apart; an import has only its id. */
export function recordedIdentity(
  recorded: Recorded,
  apiVersion: string,
  kindName: string,
  kind: Kind,
): ObjectIdentity {
  if (stringAt(recorded.outputs, "metadata", "name") !== undefined) {
    return identityOf({ ...recorded.outputs, apiVersion, kind: kindName }, kind);
  }
  const [name = "", namespace] = recorded.id.split("/").reverse();
  return kind.namespaced
    ? { apiVersion, kind: kindName, name, namespace: namespace ?? "default" }
    : { apiVersion, kind: kindName, name };
}

/** The outputs of an object as it is: what is declared, what the cluster has added, and its status. */
export function describeLive(identity: ObjectIdentity, recorded: Properties, world: World): Properties {
  const live = requireObject(identity, world);
  const body = omit(live.body, "metadata");
  const labels =
    live.kind === "Namespace"
      ? { "kubernetes.io/metadata.name": live.name, ...objectAt(live.body, "metadata", "labels") }
      : undefined;
  const described: Properties = {
    ...body,
    apiVersion: live.apiVersion,
    kind: live.kind,
    metadata: {
      ...objectAt(live.body, "metadata"),
      ...(labels === undefined ? {} : { labels }),
      name: live.name,
      ...(live.namespace === undefined ? {} : { namespace: live.namespace }),
      uid: live.uid,
      resourceVersion: String(live.resourceVersion),
      generation: live.resourceVersion,
      creationTimestamp: live.createdAt,
    },
    ...(live.status === undefined ? {} : { status: live.status }),
  };
  if (live.kind !== "Secret") return described;
  const { stringData } = recorded;
  const type = stringAt(described, "type") ?? "Opaque";
  return {
    ...described,
    type,
    data: unsealData(body, recorded, world),
    ...(stringData === undefined ? {} : { stringData }),
  };
}

/** The inputs as the cluster now has them: the declared fields with their live values. */
export function liveInputs(identity: ObjectIdentity, declared: Properties, world: World): Properties {
  const live = describeLive(identity, declared, world);
  if (Object.keys(declared).length === 0) {
    const metadata = omit(
      objectAt(live, "metadata"),
      "uid",
      "resourceVersion",
      "generation",
      "creationTimestamp",
    );
    return { ...omit(live, "status"), metadata };
  }
  const data = objectAt(live, "data");
  const stringData = objectAt(declared, "stringData");
  const withText = live["kind"] === "Secret" ? { ...live, stringData: asStringData(data, stringData) } : live;
  const inputs: Properties = {};
  for (const [key, value] of Object.entries(declared)) {
    const found = key === "data" && live["kind"] !== "Secret" ? live["data"] : project(value, withText[key]);
    if (found !== undefined) inputs[key] = found;
  }
  return inputs;
}

function requireObject(identity: ObjectIdentity, world: World): KubeObject {
  const live = world.read((state) => findObject(state, identity));
  if (live === undefined)
    throw new TwinError(`${identity.kind} "${identity.name}" vanished while it was being looked at`);
  return live;
}
