import type { GoPrograms } from "./go-programs";

const KUBERNETES_VERSION = "1.34.4";

const [major, minor] = KUBERNETES_VERSION.split(".");

const buildInformation = "k8s.io/component-base/version";

/** Kubernetes' API server, controllers and scheduler. Their modules say no version; a release gets it from the linker. */
export const kubernetesPrograms: GoPrograms = {
  folder: "kubernetes",
  commands: ["kube-apiserver", "kube-controller-manager", "kube-scheduler"].map((name) => ({
    name,
    importPath: `k8s.io/kubernetes/cmd/${name}`,
    linkerValues: [
      `${buildInformation}.gitVersion=v${KUBERNETES_VERSION}`,
      `${buildInformation}.gitMajor=${major ?? ""}`,
      `${buildInformation}.gitMinor=${minor ?? ""}`,
    ],
  })),
};

/** Kubernetes' database. */
export const etcdPrograms: GoPrograms = {
  folder: "etcd",
  commands: [{ name: "etcd", importPath: "go.etcd.io/etcd/server/v3" }],
};

/** Nodes that exist by their objects alone, and pods on them that report ready without running. */
export const kwokPrograms: GoPrograms = {
  folder: "kwok",
  commands: [{ name: "kwok", importPath: "sigs.k8s.io/kwok/cmd/kwok" }],
};

const providerModule = "github.com/pulumi/pulumi-kubernetes/provider/v4";

/** Pulumi's own Kubernetes provider: the newest version that its Go module is published in, days before release 4.25.0. */
export const kubernetesProviderPrograms: GoPrograms = {
  folder: "kubernetes-provider",
  commands: [
    {
      name: "pulumi-resource-kubernetes",
      importPath: ".",
      linkerValues: [`${providerModule}/pkg/version.Version=4.25.0`],
    },
  ],
  files: {
    module: providerModule,
    paths: ["schema.json", "terraform-mapping.json"].map((file) => `cmd/pulumi-resource-kubernetes/${file}`),
  },
};

/** Let's Encrypt's ACME server for tests, and the DNS and challenge server beside it. */
export const pebblePrograms: GoPrograms = {
  folder: "pebble",
  commands: ["pebble", "pebble-challtestsrv"].map((name) => ({
    name,
    importPath: `github.com/letsencrypt/pebble/v2/cmd/${name}`,
  })),
};

/** An object store. */
export const minioPrograms: GoPrograms = {
  folder: "minio",
  commands: [{ name: "minio", importPath: "github.com/minio/minio" }],
};

/** An object store that is not MinIO: the API of S3 in front of files. It has versions, no lifecycle rules and no CORS. */
export const versitygwPrograms: GoPrograms = {
  folder: "versitygw",
  commands: [{ name: "versitygw", importPath: "github.com/versity/versitygw/cmd/versitygw" }],
};

/** Another one, distributed, with versions, lifecycle rules and CORS. */
export const seaweedfsPrograms: GoPrograms = {
  folder: "seaweedfs",
  commands: [{ name: "weed", importPath: "github.com/seaweedfs/seaweedfs/weed" }],
};

/** Sends a server what MinIO's provider sends for buckets, by the client that the provider is built on. */
export const s3ClientPrograms: GoPrograms = {
  folder: "s3-client",
  commands: [{ name: "s3-client", importPath: "." }],
};

/** The reference registry of container images. */
export const registryPrograms: GoPrograms = {
  folder: "registry",
  commands: [{ name: "registry", importPath: "github.com/distribution/distribution/v3/cmd/registry" }],
};

/** cert-manager's controllers and webhook, and the definitions of its resources in `crds`. */
export const certManagerPrograms: GoPrograms = {
  folder: "cert-manager",
  commands: ["controller", "webhook"].map((name) => ({ name, importPath: `./${name}` })),
  files: { module: "github.com/cert-manager/cert-manager", paths: ["deploy/crds"] },
};

/** Helm, to render charts as the provider of Kubernetes does. */
export const helmPrograms: GoPrograms = {
  folder: "helm",
  commands: [{ name: "helm", importPath: "helm.sh/helm/v3/cmd/helm" }],
};

/** A client of registries that shares no code with ours. */
export const cranePrograms: GoPrograms = {
  folder: "crane",
  commands: [{ name: "crane", importPath: "github.com/google/go-containerregistry/cmd/crane" }],
};

/** What others think of objects before a cluster has them. */
export const kubeScorePrograms: GoPrograms = {
  folder: "kube-score",
  commands: [{ name: "kube-score", importPath: "github.com/zegl/kube-score/cmd/kube-score" }],
};

/** Validates objects against schemas of their kinds. */
export const kubeconformPrograms: GoPrograms = {
  folder: "kubeconform",
  commands: [{ name: "kubeconform", importPath: "github.com/yannh/kubeconform/cmd/kubeconform" }],
};

/** What else others think of pods: how well they are confined. */
export const kubesecPrograms: GoPrograms = {
  folder: "kubesec",
  commands: [{ name: "kubesec", importPath: "github.com/controlplaneio/kubesec/v2" }],
};

/** What the newest Kubernetes that is supported says of its kinds, as OpenAPI: `swagger.json`. */
export const kubernetesOpenApi: GoPrograms = {
  folder: "kubernetes-openapi",
  commands: [],
  files: { module: "k8s.io/kubernetes", paths: ["api/openapi-spec/swagger.json"] },
};
