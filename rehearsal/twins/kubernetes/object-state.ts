import {
  isProperties,
  objectAt,
  omit,
  type Properties,
  type Recorded,
  stringAt,
  textOf,
  TwinError,
  type Value,
  type World,
} from "../framework";
import { findObject, type KubeObject, type ObjectIdentity } from "./cluster";
import type { Kind } from "./kinds";

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
    data: unsealData(body, world),
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

/** The declared content of an object as the world keeps it: identity left out, the values of a Secret sealed. */
export function toBody(inputs: Properties, world: World): Properties {
  const rest = omit(inputs, "apiVersion", "kind", "metadata", "data", "stringData");
  const metadata = omit(objectAt(inputs, "metadata"), "name", "namespace");
  if (inputs["kind"] !== "Secret") {
    return { ...rest, metadata, ...(inputs["data"] === undefined ? {} : { data: inputs["data"] }) };
  }
  const sealed = Object.entries(secretData(inputs)).map(([key, value]) => [key, world.seal(value)] as const);
  return { ...rest, metadata, data: Object.fromEntries(sealed) };
}

/** The content of a Secret in base64, `stringData` winning over `data` as in the API server. */
export function secretData(inputs: Properties): Record<string, string> {
  const data: Record<string, string> = {};
  for (const [key, value] of Object.entries(objectAt(inputs, "data"))) data[key] = textOf(value);
  for (const [key, value] of Object.entries(objectAt(inputs, "stringData"))) {
    data[key] = Buffer.from(textOf(value)).toString("base64");
  }
  return data;
}

/** The live data of a Secret, base64. */
export function unsealData(live: Properties, world: World): Record<string, string> {
  return Object.fromEntries(
    Object.entries(objectAt(live, "data")).map(([key, value]) => {
      const text = textOf(value);
      return [key, world.unseal(text) ?? text];
    }),
  );
}

/** Keeps of the live value what the inputs declare, so that a refresh shows drift in declared fields only. */
export function project(declared: Value, live: Value | undefined): Value | undefined {
  if (!isProperties(declared) || !isProperties(live)) return live;
  const kept: Properties = {};
  for (const [key, value] of Object.entries(declared)) {
    const found = project(value, live[key]);
    if (found !== undefined) kept[key] = found;
  }
  return kept;
}

/** Turns live data into the form in which the inputs declare it: plain text for `stringData`. */
export function asStringData(data: Properties, declared: Properties): Properties {
  return Object.fromEntries(
    Object.keys(declared).flatMap((key) => {
      const value = stringAt(data, key);
      return value === undefined ? [] : [[key, Buffer.from(value, "base64").toString()]];
    }),
  );
}
