import { base64 } from "./kubeconfig";
import type { Manifest } from "../../../rehearsal/twins/kubernetes/api/manifest";

const pulumis = [{ manager: "pulumi-kubernetes", operation: "Apply" }];

type Labels = Readonly<Record<string, string>>;

/** Who made an object. */
export interface Maker {
  /** Name of the field manager. @default "pulumi-kubernetes" */
  readonly manager?: string;
}

/** A namespace. */
export const namespace = (name: string, { manager }: Maker = {}, labels: Labels = {}): Manifest => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels, managedFields: manager === undefined ? pulumis : [{ manager }] },
  status: { phase: "Active" },
});

/** A Secret with texts. */
export const secret = (
  place: string,
  name: string,
  texts: Readonly<Record<string, string>>,
  { type = "Opaque", manager = "pulumi-kubernetes" }: Maker & { readonly type?: string } = {},
): Manifest => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace: place, managedFields: [{ manager }] },
  type,
  data: Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, base64(text)])),
});

/** Annotations with which Helm marks what is its own. */
export const helmAnnotations = (release: string, place: string): Labels => ({
  "meta.helm.sh/release-name": release,
  "meta.helm.sh/release-namespace": place,
});

/** An ingress class, of a Helm release or of nobody. */
export const ingressClass = (
  name: string,
  controller: string,
  owner?: { readonly release: string; readonly place: string },
): Manifest => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "IngressClass",
  metadata: { name, ...(owner && { annotations: helmAnnotations(owner.release, owner.place) }) },
  spec: { controller },
});

/** A definition of a custom kind. */
export const definition = (
  name: string,
  owner?: { readonly release: string; readonly place: string },
  versions: readonly string[] = ["v1"],
): Manifest => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: {
    name,
    labels: { "app.kubernetes.io/version": "v1.19.2" },
    ...(owner && { annotations: helmAnnotations(owner.release, owner.place) }),
  },
  spec: { versions: versions.map((version) => ({ name: version, served: true, storage: true })) },
});

/** A node. */
export const node = (
  name: string,
  {
    architecture = "amd64",
    cpu = "8",
    memory = "32Gi",
    ready = true,
    kubeletVersion = "v1.34.1",
    labels = {},
    taints = [],
  }: {
    readonly architecture?: string;
    readonly cpu?: string;
    readonly memory?: string;
    readonly ready?: boolean;
    readonly kubeletVersion?: string;
    readonly labels?: Labels;
    readonly taints?: readonly object[];
  } = {},
): Manifest => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name, labels: { "kubernetes.io/arch": architecture, ...labels } },
  spec: { taints },
  status: {
    allocatable: { cpu, memory, pods: "110" },
    conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
    nodeInfo: { architecture, operatingSystem: "linux", kubeletVersion },
  },
});

/** What Helm leaves of a release, by its labels. */
export const helmSecret = (place: string, release = "spacelift"): Manifest => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: {
    name: `sh.helm.release.v1.${release}.v1`,
    namespace: place,
    labels: { owner: "helm", name: release, status: "deployed", version: "1" },
  },
  data: { release: base64("planted") },
});
