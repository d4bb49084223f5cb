import { Provider as KubernetesProvider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { type PlannedBucket, planBuckets } from "../../buckets";
import { SpaceliftComponent } from "../../component";
import { defined } from "../../json";
import {
  type ClusterAccess,
  type DatabasePlatform,
  type ImagesPlatform,
  type IngressPlatform,
  type Kept,
  type KubernetesPlatform,
  type ObjectStoragePlatform,
  type Platform,
  preparedDatabase,
  type SecretString,
  storageOrigin,
} from "../platform";
import { DirectPush } from "../direct-push";
import { ImagePush, type ReleaseImages } from "../image-push";
import { ObjectStorage, type ObjectStorageArgs } from "./object-storage";

export interface OnPremPlatformArgs {
  readonly cluster: {
    /** Path or content of the kubeconfig; undefined for the environment's own. */
    readonly kubeconfig?: pulumi.Input<string>;
    /** @default - the current one of the kubeconfig */
    readonly context?: string;
    /** Variables for the program's own looks at the cluster. @default - those of the process */
    readonly env?: ClusterAccess["env"];
    /** What tells this cluster from others: must stay the same while the cluster does. */
    readonly identifier: string;
    /** Labels for every namespace that is created. @default - none */
    readonly namespaceLabels?: Readonly<Record<string, string>>;
  };
  readonly registry: {
    /** Host, or host:port. */
    readonly address: string;
    /** @default - the registry asks for none */
    readonly credentials?: { readonly username: string; readonly password: SecretString };
    /** Accept a certificate nobody vouches for. @default false */
    readonly insecureSkipVerify?: boolean;
    /** Speak HTTP without TLS. @default false */
    readonly plainHttp?: boolean;
    /** Create a pull secret from the credentials. @default true */
    readonly createPullSecret?: boolean;
    /** Pull secrets that are in the namespaces already. @default - none */
    readonly pullSecretNames?: readonly string[];
  };
  readonly images: ReleaseImages;
  readonly objectStorage: Omit<ObjectStorageArgs, "protectData"> & {
    /** Origin browsers upload to. @default - the endpoint's origin */
    readonly uploadsUrl?: string;
  };
  /** Its URL: `postgres://user:password@host/database?sslmode=verify-full`. */
  readonly database: DatabasePlatform;
  /** Protect the buckets that survive a destroy. @default true */
  readonly protectData?: boolean;
}

/** Any Kubernetes cluster, with an existing registry, MinIO and database. */
export class OnPremPlatform extends SpaceliftComponent implements Platform {
  readonly kubernetes: KubernetesPlatform;
  readonly images: ImagesPlatform;
  readonly database: DatabasePlatform;
  readonly objectStorage: ObjectStoragePlatform;
  readonly ingress: IngressPlatform = { defaultMode: "existing", serviceAnnotations: {} };
  readonly kept: readonly Kept[];

  constructor(name: string, args: OnPremPlatformArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:platform:OnPrem", name, opts);
    this.kubernetes = this.connectCluster(args.cluster);
    this.images = this.provideImages(args);
    this.objectStorage = this.provideObjectStorage(args);
    this.database = preparedDatabase(args.database);
    const { createBuckets = true, buckets = planBuckets({}, false) } = args.objectStorage;
    this.kept = createBuckets ? keptBuckets(buckets) : [];
    this.registerOutputs();
  }

  private connectCluster(cluster: OnPremPlatformArgs["cluster"]): KubernetesPlatform {
    const provider = new KubernetesProvider(
      this.child("kubernetes"),
      defined({
        kubeconfig: cluster.kubeconfig,
        context: cluster.context,
        clusterIdentifier: cluster.identifier,
        // A change replaces them by default: for a moment, a pod that starts finds no Secret.
        enableSecretMutable: true,
        enableConfigMapMutable: true,
      }),
      { parent: this },
    );
    const access = defined({ kubeconfig: cluster.kubeconfig, context: cluster.context, env: cluster.env });
    return { provider, access, namespaceLabels: cluster.namespaceLabels ?? {} };
  }

  private provideImages({ registry, images }: OnPremPlatformArgs): ImagesPlatform {
    const { version, archive } = images;
    const repositories = {
      backend: `${registry.address}/${images.backendRepository}`,
      launcher: `${registry.address}/${images.launcherRepository}`,
    };
    const { credentials, insecureSkipVerify } = registry;
    const common = archive && {
      archivePath: archive.path,
      extracted: archive.extracted,
      ...defined({ insecureSkipVerify }),
      images: (["backend", "launcher"] as const).map((role) => ({
        role,
        ...archive.images[role],
        credentials,
        target: `${repositories[role]}:${version}`,
      })),
    };
    const push =
      common &&
      (images.method === "docker"
        ? new ImagePush(
            this.child("images"),
            defined({ ...common, registry: registry.address, credentials }),
            { parent: this },
          )
        : new DirectPush(this.child("images"), defined({ ...common, plainHttp: registry.plainHttp }), {
            parent: this,
          }));
    return defined({
      backend: `${repositories.backend}:${version}`,
      launcherRepository: repositories.launcher,
      tag: version,
      pullCredentials:
        registry.credentials && (registry.createPullSecret ?? true)
          ? dockerConfigJson(registry.address, registry.credentials)
          : undefined,
      pullSecretNames: registry.pullSecretNames ?? [],
      pushed: push ? push.pushed : [],
      digests: push instanceof DirectPush ? push.digests : undefined,
    });
  }

  private provideObjectStorage({
    objectStorage: storage,
    protectData = true,
  }: OnPremPlatformArgs): ObjectStoragePlatform {
    const { uploadsUrl, ...rest } = storage;
    const { tls = true, insecureSkipVerify = false } = storage;
    const { credentials, bucketNames } = new ObjectStorage(
      this.child("storage"),
      { ...rest, protectData },
      { parent: this },
    );
    return {
      service: {
        type: "minio",
        endpoint: storage.endpoint,
        tls,
        insecureSkipVerify,
        ...credentials,
      },
      buckets: bucketNames,
      uploadsUrl: uploadsUrl ?? storageOrigin({ endpoint: storage.endpoint, tls }),
    };
  }
}

function keptBuckets(buckets: readonly PlannedBucket[]): readonly Kept[] {
  return buckets
    .filter((bucket) => bucket.retainOnDestroy)
    .map(({ role, name }) => ({
      what: `bucket ${name} with its objects`,
      remove: `pulumi config set --path spacelift:buckets.${role}.retainOnDestroy false`,
    }));
}

/** The content of a `.dockerconfigjson` for one registry. */
function dockerConfigJson(
  address: pulumi.Input<string>,
  credentials: { readonly username: pulumi.Input<string>; readonly password: SecretString },
): SecretString {
  const content = pulumi
    .all([address, credentials.username, credentials.password])
    .apply(([host, username, password]) =>
      JSON.stringify({
        auths: {
          [host]: {
            username,
            password,
            auth: Buffer.from(`${username}:${password}`, "utf8").toString("base64"),
          },
        },
      }),
    );
  return pulumi.secret(content);
}
