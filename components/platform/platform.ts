import type { Provider as KubernetesProvider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { BucketRole } from "../buckets";

/** A value that must never be shown: always an Output, so that a plain string cannot be passed by accident. */
export type SecretString = pulumi.Output<string>;

/** How the program itself reaches the cluster: as its provider does. */
export interface ClusterAccess {
  /** Path or content of the kubeconfig. @default - that of the environment */
  readonly kubeconfig?: pulumi.Input<string>;
  /** @default - the current one of the kubeconfig */
  readonly context?: string;
  /** Variables: `KUBECONFIG`, proxies, credentials for programs that the kubeconfig runs. @default - those of the process */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** The cluster Spacelift runs in. */
export interface KubernetesPlatform {
  readonly provider: KubernetesProvider;
  /**
   * For the looks with which a run that was killed is recovered, and a release that fails is explained.
   * @default - the program does neither
   */
  readonly access?: ClusterAccess;
  /** Labels for every namespace that is created. */
  readonly namespaceLabels: Readonly<Record<string, string>>;
  /** What must be there before a pod finds a node, and outlive every pod. @default - nothing */
  readonly ready?: readonly pulumi.Resource[];
  /** Range of the pods' addresses. @default - not known */
  readonly podCidr?: string;
  /** Whether there are several zones and every node has one. @default false */
  readonly zonal?: boolean;
  /** Nodes that are the workers' own. @default - workers run anywhere */
  readonly workerNodes?: WorkerNodes;
}

/** How a pod gets to the nodes for workers. */
export interface WorkerNodes {
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Readonly<Record<string, string>>[];
}

export interface ImagesPlatform {
  /** Backend image with tag. */
  readonly backend: pulumi.Input<string>;
  /** Launcher image without tag: the drain adds it. */
  readonly launcherRepository: pulumi.Input<string>;
  /** Release, and the tag of both images. */
  readonly tag: string;
  /** Content of a `.dockerconfigjson` that pulls both, where the nodes cannot pull by themselves. */
  readonly pullCredentials?: SecretString;
  /** Pull secrets that are in the namespaces already. */
  readonly pullSecretNames: readonly string[];
  /** What must be there before a pod can start: the pushes. */
  readonly pushed: readonly pulumi.Resource[];
  /** `sha256:…` of the manifests that were pushed, by role. @default - not known: Docker pushes, or nobody */
  readonly digests?: Readonly<Record<string, pulumi.Output<string>>>;
}

/** A copy of the database, from before another release is deployed. */
export interface DatabaseRestorePoint {
  readonly name: pulumi.Output<string>;
  /** When it was complete: ISO 8601. */
  readonly takenAt: pulumi.Output<string>;
  /** What another release waits for. */
  readonly ready: readonly pulumi.Resource[];
}

export interface DatabasePlatform {
  readonly url: SecretString;
  readonly readOnlyUrl?: SecretString | undefined;
  /** What the platform took of it for this upgrade, or the last one. @default - nothing */
  readonly restorePoint?: DatabaseRestorePoint | undefined;
  /** CA of its certificate, PEM, when the system's own do not vouch for it. */
  readonly caCertificate?: string | undefined;
}

export interface MinioStorage {
  readonly type: "minio";
  /** `host` or `host:port`, without scheme. */
  readonly endpoint: string;
  readonly tls: boolean;
  readonly insecureSkipVerify: boolean;
  readonly accessKeyId: pulumi.Input<string>;
  readonly secretAccessKey: SecretString;
}

/** The origin of the API of an object storage: `https://minio.example.com`. */
export const storageOrigin = ({ endpoint, tls }: Pick<MinioStorage, "endpoint" | "tls">): string =>
  `${tls ? "https" : "http"}://${endpoint}`;

export interface AzureStorage {
  readonly type: "azure";
  /** `https://<account>.blob.core.windows.net`, without trailing slash. */
  readonly accountUrl: pulumi.Input<string>;
}

export interface ObjectStoragePlatform {
  readonly service: MinioStorage | AzureStorage;
  /** Names by role. */
  readonly buckets: Readonly<Partial<Record<BucketRole, pulumi.Input<string>>>>;
  /** Origin browsers upload to; it goes into the page's content security policy. */
  readonly uploadsUrl: pulumi.Input<string>;
}

/** How an installed ingress controller is reached. */
export interface IngressPlatform {
  /** Controller when the operator names none. */
  readonly defaultMode: "existing" | "traefik";
  /** Annotations of the controller's Service. */
  readonly serviceAnnotations: Readonly<Record<string, pulumi.Input<string>>>;
  /** Address the controller answers at, when the platform gives it one. */
  readonly address?: pulumi.Output<string>;
  /** What an installed controller must not outlive: the address and the right to use it. @default - nothing */
  readonly ready?: readonly pulumi.Resource[];
}

/** How the broker's load balancer gets an address of the platform's. */
export interface BrokerPlatform {
  /** Annotations of the broker's Service. */
  readonly serviceAnnotations: Readonly<Record<string, pulumi.Input<string>>>;
  readonly address: pulumi.Output<string>;
  /** What the load balancer must not outlive: the address and the right to use it. */
  readonly ready: readonly pulumi.Resource[];
}

/** How cert-manager proves a domain in a DNS zone of the platform's (DNS-01). */
export interface DnsChallenge {
  /** The `dns01` part of a solver. */
  readonly solver: Readonly<Record<string, pulumi.Input<unknown>>>;
  /** How cert-manager's pods prove who they are to the zone. */
  readonly identity: WorkloadIdentity;
}

/** DNS records that the platform can create. */
export interface DnsPlatform {
  /** Zone the hosts lie in. */
  readonly zoneName: string;
  /** Hosts whose records are created, so that nobody has to do it by hand. */
  readonly hosts: readonly string[];
  readonly challenge?: DnsChallenge;
}

/** How pods prove who they are to the platform, where it knows workload identity. */
export interface WorkloadIdentity {
  readonly serviceAccountAnnotations: Readonly<Record<string, pulumi.Input<string>>>;
  readonly podLabels: Readonly<Record<string, string>>;
}

/** Something that survives a destroy. */
export interface Kept {
  /** What it is, for the operator: `bucket spacelift-states`. */
  readonly what: string;
  readonly remove: string;
}

/**
 * What a target provides, as data: every difference between targets is a field of this. The Spacelift side knows
 * nothing else about where it runs.
 */
export interface Platform {
  readonly kubernetes: KubernetesPlatform;
  readonly images: ImagesPlatform;
  readonly database: DatabasePlatform;
  readonly objectStorage: ObjectStoragePlatform;
  readonly ingress: IngressPlatform;
  /** @default - the cluster gives the broker's Service an address, if it has one */
  readonly broker?: BrokerPlatform;
  readonly workloadIdentity?: WorkloadIdentity;
  readonly dns?: DnsPlatform;
  /** Pods of each service of Spacelift, where the operator chose no number. @default 3, as the chart has it */
  readonly replicas?: number;
  /** IPv4 addresses with which the cluster is seen on the internet. @default - not known */
  readonly egressAddresses?: pulumi.Output<readonly string[]>;
  /** Facts about what was created, for the operator: names, addresses, ids. @default - none */
  readonly outputs?: Readonly<Record<string, pulumi.Output<string>>>;
  /** Variables of the guide that belong to the platform. @default - none */
  readonly shell?: Readonly<Record<string, pulumi.Output<string>>>;
  /** What a destroy leaves behind. */
  readonly kept: readonly Kept[];
}

/** Folder in the pods that holds the CA of the database. */
export const databaseCaDirectory = "/etc/spacelift/database-ca";

/** File in the pods that holds the CA of the database. */
export const databaseCaFile = `${databaseCaDirectory}/ca.pem`;

/** Adds a parameter to a database URL, unless it has it already. */
function withParameter(url: string, name: string, value: string): string {
  if (new RegExp(`[?&]${name}=`).test(url)) return url;
  return `${url}${url.includes("?") ? "&" : "?"}${name}=${value}`;
}

/**
 * The URL the services get: as given, with the driver's statement cache off (as the guide has it: a cache breaks
 * behind PgBouncer and across migrations) and with the mounted CA named when there is one.
 */
export function serviceDatabaseUrl(url: string, hasCa: boolean): string {
  const plain = withParameter(url, "statement_cache_capacity", "0");
  return hasCa ? withParameter(plain, "sslrootcert", databaseCaFile) : plain;
}

/** An existing database as the services connect to it. */
export function preparedDatabase({ url, readOnlyUrl, caCertificate }: DatabasePlatform): DatabasePlatform {
  const prepare = (plain: SecretString): SecretString =>
    pulumi.secret(plain.apply((known) => serviceDatabaseUrl(known, caCertificate !== undefined)));
  return { url: prepare(url), readOnlyUrl: readOnlyUrl && prepare(readOnlyUrl), caCertificate };
}
