import { type KubeObject, meetsFields, meetsLabels } from "./kube-object";
import { type ResourcePath, pluralOf } from "./resource-path";

const builtIn = [
  "",
  "apps",
  "batch",
  "apiextensions.k8s.io",
  "networking.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "storage.k8s.io",
];

/** What narrows a list. */
export interface Selection {
  readonly labelSelector: string;
  readonly fieldSelector: string;
}

/** The objects of a simulated cluster. */
export class ApiStore {
  private readonly objects = new Map<string, KubeObject>();

  put(...objects: readonly KubeObject[]): void {
    for (const object of objects) this.objects.set(keyOf(object), object);
  }

  clear(): void {
    this.objects.clear();
  }

  /** Changes an object that is there. */
  change(kind: string, name: string, change: (object: KubeObject) => KubeObject): void {
    const found = [...this.objects.values()].find(
      (object) => object.kind === kind && object.metadata.name === name,
    );
    if (!found) throw new Error(`there is no ${kind} ${name}`);
    this.put(change(found));
  }

  remove(kind: string, name: string): void {
    for (const [key, object] of this.objects) {
      if (object.kind === kind && object.metadata.name === name) this.objects.delete(key);
    }
  }

  /** Whether the API server serves a kind: custom ones by their definition. */
  serves({ group, resource }: ResourcePath): boolean {
    return (
      builtIn.includes(group) || this.all().some((object) => object.metadata.name === `${resource}.${group}`)
    );
  }

  find(path: ResourcePath): KubeObject | undefined {
    return this.list(path, { labelSelector: "", fieldSelector: "" }).find(
      ({ metadata }) => metadata.name === path.name,
    );
  }

  list(path: ResourcePath, { labelSelector, fieldSelector }: Selection): readonly KubeObject[] {
    return this.all().filter(
      (object) =>
        groupOf(object) === path.group &&
        pluralOf(object.kind) === path.resource &&
        (path.namespace === undefined || object.metadata.namespace === path.namespace) &&
        meetsLabels(object, labelSelector) &&
        meetsFields(object, fieldSelector),
    );
  }

  private all(): readonly KubeObject[] {
    return [...this.objects.values()];
  }
}

const groupOf = ({ apiVersion }: KubeObject): string =>
  apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";

const keyOf = (object: KubeObject): string =>
  [groupOf(object), object.kind, object.metadata.namespace ?? "", object.metadata.name].join("|");
