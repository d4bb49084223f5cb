import * as pulumi from "@pulumi/pulumi";
import { bucketsOf } from "../components/buckets";
import { defined } from "../components/json";
import { OnPremPlatform, type OnPremPlatformArgs } from "../components/platform/onprem";
import type { Platform } from "../components/platform/platform";
import type { Configuration } from "../config/load";
import { deployingLogin, servicesLogin } from "../config/onprem/storage-logins";
import { required } from "../config/problems";

export const createOnPremPlatform = (configuration: Configuration): Platform =>
  new OnPremPlatform("platform", onPremArgs(configuration));

function onPremArgs({ settings, secrets, files, env }: Configuration): OnPremPlatformArgs {
  const { images, protectData } = settings;
  const {
    kubernetes,
    registry,
    objectStorage: storage,
    namespaceLabels,
  } = required(settings.onprem, "onprem");
  const deploying = deployingLogin(storage, secrets);
  const planned = bucketsOf(settings);
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
      kind: storage.kind,
      admin: deploying && { user: deploying.accessKeyId, password: deploying.secretAccessKey },
      createBuckets: storage.createBuckets,
      lifecycle: storage.lifecycle,
      adoptKeptBuckets: storage.adoptKeptBuckets,
      user: servicesLogin(storage, secrets) ?? storage.userName,
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
