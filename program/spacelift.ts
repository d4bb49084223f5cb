import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { defined } from "../components/json";
import type { Kept, Platform, SecretString } from "../components/platform/platform";
import { Spacelift, type SpaceliftArgs } from "../components/spacelift";
import { EncryptionKey } from "../components/spacelift/encryption-key";
import type { Configuration } from "../config/load";
import { required } from "../config/problems";
import { completeBackup } from "../config/onprem/settings";
import { publicApi } from "../config/sections/operations";
import { type PlannedRestorePoint, takesDump } from "../config/restore-point";
import type { Settings } from "../config/settings";
import type { ProvidedCertificates } from "./certificates";
import { type Ingress, reachable } from "./ingress";
import { clusterOptions } from "./platform";

/** Secrets of the installation, configured or generated. */
export interface Credentials {
  /** Left out where the administrator cannot log in. */
  readonly adminPassword?: SecretString;
  readonly encryptionPrivateKey: SecretString;
  /** Whether the encryption key was generated: nobody has a copy of it then. */
  readonly generatedKey: boolean;
  /** What a destroy leaves behind. */
  readonly kept: readonly Kept[];
}

const generatedPassword = (): SecretString =>
  pulumi.secret(new random.RandomPassword("admin-password", { length: 32, special: false }).result);

/** Takes the secrets that are configured and generates the others, once. */
export function createCredentials({ settings, secrets }: Configuration): Credentials {
  const admin = settings.adminLogin ? { adminPassword: secrets.adminPassword ?? generatedPassword() } : {};
  if (secrets.encryptionPrivateKey) {
    return {
      ...admin,
      encryptionPrivateKey: secrets.encryptionPrivateKey,
      generatedKey: false,
      kept: [],
    };
  }
  const key = new EncryptionKey("encryption-key", { protectData: settings.protectData });
  return {
    ...admin,
    encryptionPrivateKey: key.privateKey,
    generatedKey: true,
    kept: settings.protectData
      ? [
          {
            what: "the generated encryption key, in the stack's state",
            remove: "pulumi config set spacelift:protectData false, then pulumi up",
          },
        ]
      : [],
  };
}

/** Certificates that services and runs must trust: those of the configuration and the CA of the own certificates. */
export function trustedCas({ settings, files }: Configuration): readonly string[] {
  const own = settings.tls.mode === "ca" && files.tlsCertificate !== undefined ? [files.tlsCertificate] : [];
  return [...files.rootCas, ...own];
}

export function createSpacelift(
  configuration: Configuration,
  platform: Platform,
  credentials: Credentials,
  ingress: Ingress,
  { certificates, ready }: ProvidedCertificates,
  restorePoint: PlannedRestorePoint | undefined,
): Spacelift {
  const { settings } = configuration;
  const args: SpaceliftArgs = defined({
    platform,
    namespace: settings.namespace,
    env: envArgs(configuration, credentials),
    services: settings.services,
    vcsGatewayDomain: settings.vcsGateway?.domain,
    ingress: {
      className: ingress.className,
      software: ingress.software,
      annotations: settings.ingress.annotations,
      vcsGatewayAnnotations: settings.ingress.vcsGatewayAnnotations,
      ready: [...ingress.ready, ...ready, ...(platform.broker?.ready ?? [])],
    },
    certificates,
    mqtt: {
      serviceType: settings.mqtt.serviceType,
      annotations: { ...platform.broker?.serviceAnnotations, ...settings.mqtt.annotations },
      allowedRanges: reachable(settings.mqtt.allowedRanges, platform),
    },
    chart: { ...settings.charts.spacelift, timeoutMinutes: settings.charts.timeoutMinutes },
    databaseDump: restorePoint && dumpOptions(configuration, restorePoint),
    helmValues: settings.helmValues,
    networkPolicies: settings.networkPolicies ? policyOptions(settings, ingress) : undefined,
    podDisruptionBudgets: settings.podDisruptionBudgets,
  });
  return new Spacelift("spacelift", args, clusterOptions(platform));
}

function dumpOptions(
  { settings, files }: Configuration,
  restorePoint: PlannedRestorePoint,
): SpaceliftArgs["databaseDump"] {
  // On Azure, the platform takes the restore point; and without dumps, there is no bucket for one.
  if (!takesDump(settings)) return undefined;
  const onprem = required(settings.onprem, "onprem");
  return {
    ...restorePoint,
    ...completeBackup(onprem.backup),
    region: onprem.objectStorage.region,
    storageCa: files.storageCa,
  };
}

export function policyOptions(
  { workers, mqtt, tls, networkPeers }: Settings,
  ingress: Pick<Ingress, "namespace">,
): NonNullable<SpaceliftArgs["networkPolicies"]> {
  const { runs, ...peers } = networkPeers;
  return defined({
    ingressNamespace: ingress.namespace,
    workers: workers.enabled
      ? { namespace: workers.namespace, controllerNamespace: workers.controllerNamespace }
      : undefined,
    externalWorkers: mqtt.serviceType !== "ClusterIP",
    // Of an existing issuer, nobody knows how it proves a domain.
    acmeChallenges: (tls.mode === "acme" && tls.challenge === "http01") || tls.mode === "existingIssuer",
    peers,
  });
}

function envArgs(configuration: Configuration, credentials: Credentials): SpaceliftArgs["env"] {
  const { settings, secrets, secretEnv } = configuration;
  const { extraEnv, slack } = settings;
  return defined({
    domain: settings.domain,
    admin: credentials.adminPassword && {
      username: settings.adminUsername,
      password: credentials.adminPassword,
    },
    licenseToken: required(secrets.licenseToken, "licenseToken"),
    encryptionPrivateKey: credentials.encryptionPrivateKey,
    mqttDomain: settings.mqtt.domain,
    telemetry: settings.telemetry,
    publicApi: settings.usageReporting ? publicApi : undefined,
    slack: slack && {
      clientId: slack.clientId,
      clientSecret: required(secrets.slackClientSecret, "slackClientSecret"),
      signingSecret: required(secrets.slackSigningSecret, "slackSigningSecret"),
    },
    proxy: settings.proxy,
    rootCas: trustedCas(configuration),
    drain: settings.services.drain,
    extra: {
      shared: { ...extraEnv.shared, ...secretEnv.shared },
      server: { ...extraEnv.server, ...secretEnv.server },
      drain: { ...extraEnv.drain, ...secretEnv.drain },
    },
  });
}
