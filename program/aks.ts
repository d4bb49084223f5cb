import * as pulumi from "@pulumi/pulumi";
import { bucketsOf } from "../components/buckets";
import { certManagerServiceAccount } from "../components/cluster/cert-manager";
import { AksPlatform, type AksPlatformArgs } from "../components/platform/aks";
import type { Platform } from "../components/platform/platform";
import { longestRunMinutes } from "../components/workers/pool";
import type { Configuration } from "../config/load";
import type { PlannedRestorePoint } from "../config/restore-point";
import { hostsOf } from "../config/settings";
import { required } from "../config/problems";

export const createAksPlatform = (
  configuration: Configuration,
  restorePoint?: PlannedRestorePoint,
): Platform =>
  new AksPlatform(
    "platform",
    { ...aksArgs(configuration), restorePointBefore: restorePoint?.before },
    { transformations: [withoutTypeAliases] },
  );

export function aksArgs(configuration: Configuration): AksPlatformArgs {
  const { settings, secrets, files, env } = configuration;
  const { images, workers, protectData } = settings;
  const complete = required(configuration.aks, "aks");
  return {
    ...complete,
    domain: settings.domain,
    cluster:
      complete.cluster.kind === "new"
        ? complete.cluster
        : { ...complete.cluster, kubeconfig: secrets.kubeconfig },
    longestRunMinutes: longestRunMinutes(workers.enabled ? workers.pools : []),
    env,
    database:
      complete.database.kind === "new"
        ? complete.database
        : {
            kind: "existing",
            url: required(secrets.databaseUrl, "databaseUrl"),
            readOnlyUrl: secrets.databaseReadOnlyUrl,
          },
    buckets: bucketsOf(settings),
    login: { loginUrl: settings.aks?.registry.loginUrl },
    images: {
      version: settings.version,
      method: images.method,
      backendRepository: images.backendRepository,
      launcherRepository: images.launcherRepository,
      archive: files.archive,
    },
    dns: dnsArgs(configuration),
    namespace: settings.namespace.name,
    protectData,
  };
}

function dnsArgs({ settings, aks }: Configuration): AksPlatformArgs["dns"] {
  if (!aks?.dnsZone) return undefined;
  const { createRecords, ttlSeconds } = required(settings.aks, "aks").dns;
  const challenge = settings.tls.mode === "acme" && settings.tls.challenge === "dns01";
  const broker = settings.mqtt.domain;
  return {
    zone: aks.dnsZone,
    hosts: createRecords ? hostsOf(settings) : [],
    brokerHosts: createRecords && broker !== undefined ? [broker] : [],
    ttlSeconds,
    certManager: challenge
      ? { namespace: settings.certManager.namespace, name: certManagerServiceAccount }
      : undefined,
  };
}

const ofOlderSdk = (alias: pulumi.Input<pulumi.URN | pulumi.Alias>): boolean =>
  typeof alias === "object" &&
  "type" in alias &&
  typeof alias.type === "string" &&
  alias.type.startsWith("azure-native:");

/**
 * Takes away the aliases with which the SDK lets a resource be found under the type tokens of its former versions, up to
 * a hundred of each. No stack of this program was created with one of those, and resolving them takes more memory than
 * the whole rest of a preview. Aliases of this program's own stay.
 */
const withoutTypeAliases: pulumi.ResourceTransformation = ({ props, opts }) => {
  const { aliases } = opts;
  if (!aliases || pulumi.Output.isInstance(aliases) || aliases instanceof Promise) return undefined;
  return { props, opts: { ...opts, aliases: aliases.filter((alias) => !ofOlderSdk(alias)) } };
};
