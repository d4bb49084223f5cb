import * as pulumi from "@pulumi/pulumi";
import { planBuckets } from "../components/buckets";
import { defined } from "../components/json";
import { OnPremPlatform, type OnPremPlatformArgs } from "../components/platform/onprem";
import type { Platform } from "../components/platform/platform";
import type { Configuration } from "../config/load";
import { required } from "../config/problems";
import { takesDump } from "../config/restore-point";

export const createOnPremPlatform = (configuration: Configuration): Platform =>
  new OnPremPlatform("platform", onPremArgs(configuration));

function onPremArgs({ settings, secrets, files, env }: Configuration): OnPremPlatformArgs {
  const { images, buckets, protectData } = settings;
  const {
    kubernetes,
    registry,
    objectStorage: storage,
    namespaceLabels,
  } = required(settings.onprem, "onprem");
  const planned = planBuckets(buckets, buckets.createBinaries, takesDump(settings));
  return {
    cluster: defined({
      kubeconfig: secrets.kubeconfig ?? files.kubeconfigPath,
      context: kubernetes.context,
      env,
      identifier: kubernetes.clusterIdentifier ?? pulumi.getStack(),
      namespaceLabels,
    }),
    registry: defined({
      ...registry,
      credentials:
        registry.username === undefined
          ? undefined
          : { username: registry.username, password: required(secrets.registryPassword, "registryPassword") },
    }),
    images: defined({
      version: settings.version,
      method: images.method,
      backendRepository: images.backendRepository,
      launcherRepository: images.launcherRepository,
      archive: files.archive,
    }),
    objectStorage: defined({
      endpoint: storage.endpoint,
      tls: storage.tls,
      insecureSkipVerify: storage.insecureSkipVerify,
      region: storage.region,
      caCertificatePath: files.minioCaPath,
      uploadsUrl: storage.uploadsUrl,
      admin:
        storage.createBuckets || storage.createUser
          ? {
              user: required(storage.adminUser, "onprem.objectStorage.adminUser"),
              password: required(secrets.minioAdminPassword, "minioAdminPassword"),
            }
          : undefined,
      createBuckets: storage.createBuckets,
      adoptKeptBuckets: storage.adoptKeptBuckets,
      user: storage.createUser
        ? storage.userName
        : {
            accessKeyId: required(storage.accessKeyId, "onprem.objectStorage.accessKeyId"),
            secretAccessKey: required(secrets.minioSecretKey, "minioSecretKey"),
          },
      accessKeyRevision: storage.accessKeyRevision,
      buckets: planned,
    }),
    database: defined({
      url: required(secrets.databaseUrl, "databaseUrl"),
      readOnlyUrl: secrets.databaseReadOnlyUrl,
      caCertificate: files.databaseCa,
    }),
    protectData,
  };
}
