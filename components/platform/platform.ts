import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { BucketRole } from "../buckets";

/** A value that must never be shown: always an Output, so that a plain string cannot be passed by accident. */
export type SecretString = pulumi.Output<string>;

/** The cluster Spacelift runs in. */
export interface KubernetesPlatform {
  readonly provider: k8s.Provider;
  /** Labels for every namespace that is made. */
  readonly namespaceLabels: Readonly<Record<string, string>>;
}

/** The images and who may pull them. */
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
}

/** The database. */
export interface DatabasePlatform {
  readonly url: SecretString;
  readonly readOnlyUrl?: SecretString;
  /** CA of its certificate, PEM, when the system's own do not vouch for it. */
  readonly caCertificate?: string;
}

/** Object storage on MinIO. */
export interface MinioStorage {
  readonly type: "minio";
  /** `host` or `host:port`, without scheme. */
  readonly endpoint: string;
  readonly tls: boolean;
  readonly insecureSkipVerify: boolean;
  readonly accessKeyId: pulumi.Input<string>;
  readonly secretAccessKey: SecretString;
}

/** Object storage on Azure Blob. */
export interface AzureStorage {
  readonly type: "azure";
  /** `https://<account>.blob.core.windows.net`, without trailing slash. */
  readonly accountUrl: pulumi.Input<string>;
}

/** The object storage. */
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
  /** How to be rid of it. */
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
  readonly workloadIdentity?: WorkloadIdentity;
  /** What a destroy leaves behind. */
  readonly kept: readonly Kept[];
}
