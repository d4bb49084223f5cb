import {
  at,
  type Change,
  defineResource,
  objectAt,
  type OperationContext,
  type Properties,
  type ResourceTwin,
  type Twin,
  TwinError,
  UNKNOWN,
  Unknown,
} from "../framework";
import { findObject, namespaceExists, newObject, type ObjectIdentity, objectKey, objects } from "./cluster";
import { defaultNamespace, requireReachable } from "./config";
import { deleteObject } from "./deletion";
import { isServed, type Kind, kindOf, pluralOf } from "./kinds";
import { checkMetadata } from "./metadata-checks";
import { describeLive, identityOf, liveInputs, recordedIdentity, toBody } from "./object-state";
import { settle } from "./reactions";

const AUTO_NAMED = "pulumi.com/autonamed";
// The provider tries an object again for this long when its namespace or kind does not exist yet.
const MISORDERING = { intervalSeconds: 5, timeoutSeconds: 30 };

/** The behaviour of any Kubernetes object, by the token of its type. */
export function objectResource(apiVersion: string, kindName: string): ResourceTwin {
  const kind = kindOf(apiVersion, kindName);
  return defineResource({
    inputs: "open",
    replaceOn: ["apiVersion", "kind", "metadata.name", "metadata.namespace", ...(kind.replaceOn ?? [])],
    deleteBeforeReplace: (inputs, before) =>
      at(inputs, "metadata", "annotations", AUTO_NAMED) === undefined &&
      at(inputs, "metadata", "name") === at(before.inputs, "metadata", "name"),
    diff: (_before, after, changes, { config }) =>
      isMutable(kindName, after, config) ? changes.map(keepIfData) : changes,
    secretOutputs: kindName === "Secret" ? ["data", "stringData"] : [],
    latency: { create: 1, update: 1, delete: 1 },
    normalise(inputs, { config, name, oldInputs, randomHex }) {
      const given = inputs["metadata"];
      if (given instanceof Unknown) return inputs;
      const metadata = { ...objectAt(inputs, "metadata") };
      if (metadata["name"] === undefined) {
        const isKept = at(oldInputs, "metadata", "annotations", AUTO_NAMED) !== undefined;
        metadata["name"] =
          (isKept ? at(oldInputs, "metadata", "name") : undefined) ?? `${name}-${randomHex(8)}`;
        metadata["annotations"] = { ...objectAt(metadata, "annotations"), [AUTO_NAMED]: "true" };
      }
      if (kind.namespaced) metadata["namespace"] ??= defaultNamespace(config);
      return { ...inputs, metadata };
    },
    check: (inputs) => [...checkMetadata(inputs), ...(kind.check?.(inputs) ?? [])],
    preview: (inputs, _context, before) => foresee(inputs, kind, before?.outputs),
    async create(inputs, context) {
      requireReachable(context);
      const identity = identityOf(inputs, kind);
      await awaitSurroundings(identity, context);
      context.world.change((state) => {
        const found = findObject(state, identity);
        if (found !== undefined && context.config["upsertExistingObjects"] !== true) {
          throw new TwinError(
            `resource "${idOf(identity)}" was not successfully created by the Kubernetes API server: ` +
              `${pluralOf(identity.kind)} "${identity.name}" already exists`,
          );
        }
        const body = toBody(inputs, context.world);
        const made = newObject(identity, body, { now: context.clock.now() });
        objects.of(state).set(objectKey(identity), found === undefined ? made : { ...found, body });
      });
      await settle(identity, inputs, context);
      return { id: idOf(identity), outputs: describeLive(identity, inputs, context.world) };
    },
    read(recorded, context) {
      requireReachable(context);
      const { world } = context;
      const identity = recordedIdentity(recorded, apiVersion, kindName, kind);
      if (world.read((state) => findObject(state, identity)) === undefined) return undefined;
      return {
        id: idOf(identity),
        inputs: liveInputs(identity, recorded.inputs, world),
        outputs: describeLive(identity, recorded.outputs, world),
      };
    },
    async update(_before, inputs, context) {
      requireReachable(context);
      const identity = identityOf(inputs, kind);
      context.world.change((state) => {
        const found = findObject(state, identity);
        if (found === undefined) {
          throw new TwinError(
            `update of resource "${idOf(identity)}" failed because it no longer exists: ${pluralOf(identity.kind)} "${identity.name}" not found`,
          );
        }
        const resourceVersion = found.resourceVersion + 1;
        objects
          .of(state)
          .set(objectKey(identity), { ...found, body: toBody(inputs, context.world), resourceVersion });
      });
      await settle(identity, inputs, context);
      return describeLive(identity, inputs, context.world);
    },
    async delete(recorded, context) {
      requireReachable(context);
      await deleteObject(recordedIdentity(recorded, apiVersion, kindName, kind), context);
    },
  });
}

/** Answers the behaviour of a type by its token, as `kubernetes:networking.k8s.io/v1:Ingress`. */
export const objectFallback: NonNullable<Twin["fallback"]> = (token) => {
  const [, apiVersion = "", kind = ""] = token.split(":");
  if (
    !/^[\w.-]+(\/v\w+)?$/.test(apiVersion) ||
    kind === "" ||
    kind.endsWith("List") ||
    kind.endsWith("Patch")
  )
    return undefined;
  return objectResource(apiVersion.replace(/^core\//, ""), kind);
};

/** Whether the provider is told to change the content of such an object in place, and the object allows it. */
function isMutable(kind: string, inputs: Properties, config: Properties): boolean {
  const setting = { Secret: "enableSecretMutable", ConfigMap: "enableConfigMapMutable" }[kind];
  return setting !== undefined && config[setting] === true && inputs["immutable"] !== true;
}

function keepIfData(change: Change): Change {
  return /^(data|stringData|binaryData)\b/.test(change.path) ? { ...change, replaces: false } : change;
}

async function awaitSurroundings(identity: ObjectIdentity, { world, poll }: OperationContext): Promise<void> {
  const missing = (): string | undefined =>
    world.read((state) => {
      if (!isServed(state, identity.apiVersion, identity.kind)) {
        return (
          "the Kubernetes API server reported that the apiVersion for this resource does not exist. Verify that any " +
          `required CRDs have been created: no matches for kind "${identity.kind}" in version "${identity.apiVersion}"`
        );
      }
      const { namespace } = identity;
      if (namespace === undefined) return undefined;
      if (!namespaceExists(state, namespace)) return `namespaces "${namespace}" not found`;
      const isTerminating =
        findObject(state, { apiVersion: "v1", kind: "Namespace", name: namespace })?.terminating === true;
      return isTerminating
        ? `unable to create new content in namespace ${namespace} because it is being terminated`
        : undefined;
    });
  const isReady = await poll(() => (missing() === undefined ? true : undefined), MISORDERING);
  if (isReady === true) return;
  throw new TwinError(
    `creation of resource "${idOf(identity)}" failed because ${missing() ?? "its surroundings vanished"}`,
  );
}

function foresee(inputs: Properties, kind: Kind, outputs: Properties | undefined): Properties {
  const metadata = inputs["metadata"];
  const known = outputs === undefined ? {} : objectAt(outputs, "metadata");
  const pending = outputs === undefined ? { uid: UNKNOWN, creationTimestamp: UNKNOWN } : {};
  return {
    metadata:
      metadata instanceof Unknown
        ? metadata
        : {
            ...known,
            ...pending,
            resourceVersion: UNKNOWN,
            generation: UNKNOWN,
            ...objectAt(inputs, "metadata"),
          },
    ...(kind.hasStatus === true ? { status: UNKNOWN } : {}),
  };
}

/** The identity of a Pulumi resource: the name, after the namespace if there is one. */
function idOf({ namespace, name }: ObjectIdentity): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
