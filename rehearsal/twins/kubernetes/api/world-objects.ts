import { gzipSync } from "node:zlib";
import { objectAt, omit, type Properties, textOf, type World, type WorldState } from "../../framework";
import {
  groupOf,
  type KubeObject,
  newObject,
  type ObjectIdentity,
  objectKey,
  objects,
  type ReleaseRecord,
  releases,
} from "../cluster";
import { remove } from "../deletion";
import { isServed, pluralOf } from "../kinds";
import { unsealData } from "../object-state";
import { type Manifest, meetsFields, meetsLabels, type ResourcePath } from "./manifest";

/** What narrows a list. */
export interface Selection {
  readonly labelSelector: string;
  readonly fieldSelector: string;
}

const EVERYTHING: Selection = { labelSelector: "", fieldSelector: "" };

/** The objects of the simulated cluster as its API server shows them. */
export class WorldObjects {
  /** @param more what the cluster has besides what a stack or an operator put there */
  constructor(
    private readonly world: World,
    private readonly more: (state: WorldState) => readonly Manifest[] = () => [],
  ) {}

  /** Whether the API server serves a resource: custom ones by their definition. */
  serves({ group, resource }: ResourcePath): boolean {
    return this.world.read(
      (state) =>
        isServed(state, `${group}/v1`, "") ||
        objects
          .of(state)
          .entries()
          .some(([, { kind, name }]) => kind === DEFINITION && name === `${resource}.${group}`),
    );
  }

  find(path: ResourcePath): Manifest | undefined {
    return this.list(path, EVERYTHING).find(({ metadata }) => metadata.name === path.name);
  }

  list(path: ResourcePath, { labelSelector, fieldSelector }: Selection): readonly Manifest[] {
    return this.all().filter(
      (object) =>
        groupOf(object.apiVersion) === path.group &&
        pluralOf(object.kind) === path.resource &&
        (path.namespace === undefined || object.metadata.namespace === path.namespace) &&
        meetsLabels(object, labelSelector) &&
        meetsFields(object, fieldSelector),
    );
  }

  /** Puts objects as they are, over those of the same names. */
  put(...manifests: readonly Manifest[]): void {
    this.world.change((state) => {
      for (const manifest of manifests) {
        const identity = identityOf(manifest);
        const key = objectKey(identity);
        const known = objects.of(state).get(key);
        const { status: _, ...made } = known ?? newObject(identity, {}, { now: new Date() });
        const resourceVersion = made.resourceVersion + (known ? 1 : 0);
        objects.of(state).set(key, { ...made, ...this.recorded(manifest), resourceVersion });
      }
    });
  }

  /** Deletes an object as an operator does. */
  remove(manifest: Manifest): void {
    this.world.change((state) => remove(state, identityOf(manifest)));
  }

  /** All objects. */
  all(): readonly Manifest[] {
    return this.world.read((state) => [
      ...objects
        .of(state)
        .entries()
        .map(([, object]) => this.shown(object)),
      ...releases
        .of(state)
        .entries()
        .map(([key, record]) => recordOf(key, record)),
      ...this.more(state),
    ]);
  }

  private recorded(manifest: Manifest): Pick<KubeObject, "body" | "status"> {
    const { status, metadata, ...rest } = omit(manifest as Properties, "apiVersion", "kind");
    const body = { ...rest, metadata: { managedFields: [], ...objectAt(metadata) } };
    const data = Object.entries(objectAt(rest, "data"));
    const sealed = Object.fromEntries(data.map(([key, value]) => [key, this.world.seal(textOf(value))]));
    return {
      body: manifest.kind === "Secret" ? { ...body, data: sealed } : body,
      ...(status !== undefined && { status: objectAt(status) }),
    };
  }

  private shown(object: KubeObject): Manifest {
    const { apiVersion, kind, name, namespace, uid, resourceVersion, createdAt, body, status, release } =
      object;
    const declared = objectAt(body, "metadata");
    const [releaseNamespace = "", releaseName = ""] = release?.split("/") ?? [];
    const helm = {
      "meta.helm.sh/release-name": releaseName,
      "meta.helm.sh/release-namespace": releaseNamespace,
    };
    const annotations = { ...objectAt(declared, "annotations"), ...(release !== undefined && helm) };
    const manager = release === undefined ? "pulumi-kubernetes" : "helm";
    return {
      ...omit(body, "isKept"),
      apiVersion,
      kind,
      metadata: {
        uid,
        creationTimestamp: createdAt,
        managedFields: [{ manager, operation: "Update" }],
        ...declared,
        annotations: textsOf(annotations),
        labels: textsOf(objectAt(declared, "labels")),
        name,
        ...(namespace !== undefined && { namespace }),
        resourceVersion: String(resourceVersion),
        ...(object.terminating === true && { deletionTimestamp: createdAt }),
      },
      ...(kind === "Secret" && { data: unsealData(body, this.world) }),
      ...(status !== undefined && { status }),
    };
  }
}

const identityOf = ({ apiVersion, kind, metadata: { name, namespace } }: Manifest): ObjectIdentity => ({
  apiVersion,
  kind,
  name,
  ...(namespace !== undefined && { namespace }),
});

const DEFINITION = "CustomResourceDefinition";

const textsOf = (values: Properties): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, textOf(value)]));

/** What Helm keeps of a release in the cluster: the record of its last revision, packed as Helm packs it. */
function recordOf(key: string, record: ReleaseRecord): Manifest {
  const [namespace = "", name = ""] = key.split("/");
  const { chart, version, appVersion, revision, status, updated, manifest } = record;
  const content = {
    name,
    namespace,
    version: revision,
    info: { status, last_deployed: updated, deleted: "" },
    chart: { metadata: { name: chart, version, appVersion } },
    manifest: `---\n${manifest}`,
  };
  const packed = gzipSync(Buffer.from(JSON.stringify(content))).toString("base64");
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "helm.sh/release.v1",
    metadata: {
      name: `sh.helm.release.v1.${name}.v${revision}`,
      namespace,
      labels: { owner: "helm", name, status, version: String(revision) },
      creationTimestamp: updated,
      resourceVersion: String(revision),
      managedFields: [{ manager: "helm", operation: "Update" }],
    },
    data: { release: Buffer.from(packed).toString("base64") },
  };
}
