export {
  type BucketOverrides,
  type BucketRole,
  type BucketSpec,
  bucketCatalogue,
  type PlannedBucket,
  planBuckets,
} from "./buckets";
export { CertManager, type CertManagerArgs } from "./cluster/cert-manager";
export type { ChartOverride } from "./cluster/helm-release";
export { IngressController, type IngressControllerArgs } from "./cluster/ingress-controller";
export { Issuer, type IssuerArgs, type IssuerKind, letsEncrypt } from "./cluster/issuer";
export type { Json, JsonObject } from "./json";
export { AksPlatform } from "./platform/aks";
export type { AksPlatformArgs } from "./platform/aks/args";
export { type ImageSource, ImagePush, type ImagePushArgs, type ReleaseImages } from "./platform/image-push";
export { OnPremPlatform, type OnPremPlatformArgs } from "./platform/onprem";
export {
  ObjectStorage,
  type ObjectStorageArgs,
  type StorageCredentials,
} from "./platform/onprem/object-storage";
export type {
  AzureStorage,
  ClusterAccess,
  DatabasePlatform,
  DnsChallenge,
  DnsPlatform,
  ImagesPlatform,
  IngressPlatform,
  Kept,
  KubernetesPlatform,
  MinioStorage,
  ObjectStoragePlatform,
  Platform,
  SecretString,
  WorkerNodes,
  WorkloadIdentity,
} from "./platform/platform";
export { Spacelift, type SpaceliftArgs } from "./spacelift";
export { EncryptionKey, type EncryptionKeyArgs } from "./spacelift/encryption-key";
export type { BackendEnv, Env, Telemetry } from "./spacelift/env";
export type { Certificates, IngressSoftware } from "./spacelift/ingress";
export type { ContainerResources, ServiceName, ServiceOptions } from "./spacelift/values";
export { type PoolCredentials, Workers, type WorkersArgs } from "./workers";
export type { PoolOptions } from "./workers/pool";
