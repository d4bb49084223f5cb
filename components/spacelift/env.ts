import { createHmac } from "node:crypto";
import type { Input } from "@pulumi/pulumi";
import * as pulumi from "@pulumi/pulumi";
import { type Queue, queues } from "../../config/sections/services";
import { bucketCatalogue, type BucketRole } from "../buckets";
import { kebabCase } from "../component";
import { defined } from "../json";
import type { DatabasePlatform, ObjectStoragePlatform, SecretString } from "../platform/platform";

/** Variables by name. Values are always strings: a Secret takes nothing else. */
export type Env = Readonly<Record<string, Input<string>>>;

/** The variables of the three Secrets. */
export interface BackendEnv {
  /** For all services. */
  readonly shared: Env;
  readonly server: Env;
  readonly drain: Env;
}

/** A proxy for outbound requests. */
export interface ProxyOptions {
  readonly http?: string | undefined;
  readonly https?: string | undefined;
  /** Hosts and ranges reached directly, besides loopback and the cluster's own names. */
  readonly noProxy: readonly string[];
}

export interface BackendEnvOptions {
  readonly domain: string;
  readonly namespace: string;
  readonly version: string;
  /** Who may log in at `/admin-login`, for the first setup and where single sign-on fails. @default - nobody */
  readonly admin?: { readonly username: string; readonly password: SecretString };
  readonly licenseToken: SecretString;
  /** base64 of the PEM. */
  readonly encryptionPrivateKey: SecretString;
  readonly database: DatabasePlatform;
  readonly objectStorage: ObjectStoragePlatform;
  readonly launcherRepository: Input<string>;
  /** Host name of the broker for workers outside the cluster. @default - its Service's name in the cluster */
  readonly mqttDomain?: string;
  readonly vcsGatewayDomain?: string;
  readonly telemetry: Telemetry;
  /** Where usage is reported to. */
  readonly publicApi?: string;
  readonly slack?: {
    readonly clientId: string;
    readonly clientSecret: SecretString;
    readonly signingSecret: SecretString;
  };
  readonly proxy?: ProxyOptions;
  /** Range of the cluster's pods, which is reached without the proxy. @default - not known */
  readonly podCidr?: string;
  /** Certificates to trust, PEM. */
  readonly rootCas: readonly string[];
  readonly drain: {
    readonly concurrency: Readonly<Partial<Record<Queue, number | undefined>>>;
    readonly messageTimeoutSeconds?: number | undefined;
  };
  /** Tell the drain to start recurring work, in releases that wait to be told. @default false */
  readonly tellDrainToSchedule?: boolean;
  /** Further variables, which win. */
  readonly extra: BackendEnv;
}

/** Port of the broker, in the endpoint, the container and the Service alike: the server listens on the endpoint's. */
export const mqttPort = 1984;

/** Address of the broker that workers are given. */
export const mqttEndpoint = (namespace: string, domain?: string): string =>
  `tls://${domain ?? `spacelift-mqtt.${namespace}.svc.cluster.local`}:${mqttPort}`;

function bucketEnv({ buckets, uploadsUrl }: ObjectStoragePlatform): Env {
  const names = Object.entries(bucketCatalogue).flatMap(([role, spec]): [string, Input<string>][] => {
    const name = buckets[role as BucketRole];
    return "variable" in spec && name !== undefined ? [[spec.variable, name]] : [];
  });
  return {
    ...Object.fromEntries(names),
    OBJECT_STORAGE_BUCKET_UPLOADS_URL: uploadsUrl,
    // Not used any more, but releases up to v3 ask for it.
    OBJECT_STORAGE_BUCKET_USAGE_ANALYTICS: "",
  };
}

function storageEnv({ service }: ObjectStoragePlatform): Env {
  switch (service.type) {
    case "azure":
      return { OBJECT_STORAGE_TYPE: "azure", OBJECT_STORAGE_AZURE_ACCOUNT_URL: service.accountUrl };
    case "minio":
      return {
        OBJECT_STORAGE_TYPE: "minio",
        OBJECT_STORAGE_MINIO_ENDPOINT: service.endpoint,
        OBJECT_STORAGE_MINIO_USE_SSL: String(service.tls),
        OBJECT_STORAGE_MINIO_ALLOW_INSECURE: String(service.insecureSkipVerify),
        OBJECT_STORAGE_MINIO_ACCESS_KEY_ID: service.accessKeyId,
        OBJECT_STORAGE_MINIO_SECRET_ACCESS_KEY: service.secretAccessKey,
      };
  }
}

/**
 * The variables of a proxy.
 *
 * @param podCidr range of the cluster's pods, where it is known
 */
export function proxyEnv(proxy: BackendEnvOptions["proxy"], podCidr?: string): Env {
  if (!proxy) return {};
  const direct = ["localhost", "127.0.0.1", ".svc", ".svc.cluster.local", ...proxy.noProxy];
  // The VCS gateway's pods are asked at their addresses.
  if (podCidr !== undefined) direct.push(podCidr);
  return defined({ HTTP_PROXY: proxy.http, HTTPS_PROXY: proxy.https, NO_PROXY: direct.join(",") });
}

function drainEnv(options: BackendEnvOptions): Env {
  const { drain, launcherRepository, version } = options;
  const receivers = queues.map((queue) => [
    `DRAIN_CONCURRENCY_${kebabCase(queue).replaceAll("-", "_").toUpperCase()}`,
    drain.concurrency[queue]?.toString(),
  ]);
  return defined({
    LAUNCHER_IMAGE: launcherRepository,
    LAUNCHER_IMAGE_TAG: version,
    ...(Object.fromEntries(receivers) as Record<string, string | undefined>),
    MESSAGE_PROCESSING_TIMEOUT_SECONDS: drain.messageTimeoutSeconds?.toString(),
    DRAIN_SCHEDULER_ENABLED: options.tellDrainToSchedule === true ? "true" : undefined,
  });
}

const pemCertificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** The certificates of PEM texts, one each, without a line break at the end. */
export const certificatesOf = (chains: readonly string[]): readonly string[] =>
  chains.flatMap((chain) => chain.match(pemCertificate) ?? []);

/**
 * The value of `ADDITIONAL_ROOT_CAS`: base64 of JSON that lists base64 PEMs. One entry per certificate, as the services
 * refuse to start over an entry they cannot decode.
 *
 * @param chains PEM texts, each with one or more certificates
 */
export function additionalRootCas(chains: readonly string[]): string {
  const encoded = certificatesOf(chains).map((pem) => Buffer.from(`${pem}\n`, "utf8").toString("base64"));
  return Buffer.from(JSON.stringify({ caCertificates: encoded }), "utf8").toString("base64");
}

/**
 * The variables of the services. What more than one service may need is shared, the metadata and uploads buckets
 * included: newer servers fail with the guide's split. The five selectors that default to AWS are always set.
 */
export function backendEnv(options: BackendEnvOptions): BackendEnv {
  const { database, slack } = options;
  return {
    shared: {
      ...defined({
        SERVER_DOMAIN: options.domain,
        ENVIRONMENT: "prod",
        MQTT_BROKER_TYPE: "builtin",
        MQTT_BROKER_ENDPOINT: mqttEndpoint(options.namespace, options.mqttDomain),
        MESSAGE_QUEUE_TYPE: "postgres",
        ENCRYPTION_TYPE: "rsa",
        ENCRYPTION_RSA_PRIVATE_KEY: options.encryptionPrivateKey,
        LICENSE_TYPE: "jwt",
        LICENSE_TOKEN: options.licenseToken,
        DATABASE_URL: database.url,
        DATABASE_READ_ONLY_URL: database.readOnlyUrl,
        VCS_GATEWAY_ENDPOINT: options.vcsGatewayDomain && `${options.vcsGatewayDomain}:443`,
        SPACELIFT_PUBLIC_API: options.publicApi,
        SLACK_APP_CLIENT_ID: slack?.clientId,
        SLACK_APP_CLIENT_SECRET: slack?.clientSecret,
        SLACK_SECRET: slack?.signingSecret,
        ADDITIONAL_ROOT_CAS: options.rootCas.length > 0 ? additionalRootCas(options.rootCas) : undefined,
      }),
      ...storageEnv(options.objectStorage),
      ...bucketEnv(options.objectStorage),
      ...telemetryEnv(options.telemetry),
      ...proxyEnv(options.proxy, options.podCidr),
      ...options.extra.shared,
    },
    server: {
      // Without the two there is no such login (the vendor's general configuration reference, "Admin login").
      ...(options.admin && {
        ADMIN_USERNAME: options.admin.username,
        ADMIN_PASSWORD: options.admin.password,
      }),
      WEBHOOKS_ENDPOINT: `https://${options.domain}/webhooks`,
      ...options.extra.server,
    },
    drain: { ...drainEnv(options), ...options.extra.drain },
  };
}

/** Where traces and metrics go. */
export type Telemetry =
  | { readonly vendor: "Disabled" }
  | {
      readonly vendor: "Datadog";
      readonly agentHost: string;
      readonly environment?: string | undefined;
      readonly tags: Readonly<Record<string, string>>;
      readonly traceSampleRate?: number | undefined;
    }
  | { readonly vendor: "OpenTelemetry"; readonly endpoint: string }
  | { readonly vendor: "AWS"; readonly xrayDaemonAddress: string };

/** The variables of a telemetry backend. Names of services are left alone: each service sets its own. */
function telemetryEnv(telemetry: Telemetry): Readonly<Record<string, string>> {
  const vendor = { OBSERVABILITY_VENDOR: telemetry.vendor };
  switch (telemetry.vendor) {
    case "Disabled":
      return vendor;
    case "Datadog": {
      const tags = Object.entries(telemetry.tags).map(([key, value]) => `${key}:${value}`);
      return defined({
        ...vendor,
        DD_AGENT_HOST: telemetry.agentHost,
        DD_ENV: telemetry.environment,
        DD_TAGS: tags.length > 0 ? tags.join(",") : undefined,
        DD_TRACE_SAMPLE_RATE: telemetry.traceSampleRate?.toString(),
      });
    }
    case "OpenTelemetry":
      return { ...vendor, OTEL_EXPORTER_OTLP_ENDPOINT: telemetry.endpoint };
    case "AWS":
      return { ...vendor, AWS_XRAY_DAEMON_ADDRESS: telemetry.xrayDaemonAddress };
  }
}

/** Annotation of a pod that changes with the variables it was started with. */
export const checksumAnnotation = "spacelift.io/env-checksum";

/**
 * A checksum over variables, keyed, so that nobody who can read pods may test guesses of a secret against it.
 *
 * @returns 64 hexadecimal digits, the same for the same variables in any order
 */
export function envChecksum(
  key: string,
  ...environments: readonly Readonly<Record<string, string>>[]
): string {
  const hmac = createHmac("sha256", key);
  for (const environment of environments) {
    const sorted = Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1));
    hmac.update(JSON.stringify(sorted));
    hmac.update("\n");
  }
  return hmac.digest("hex");
}

/** {@link envChecksum} of variables that may not be known yet. Secret, like what it is made of. */
export function envChecksumOutput(
  key: pulumi.Output<string>,
  ...environments: readonly Env[]
): pulumi.Output<string> {
  return pulumi
    .all([key, pulumi.all([...environments])])
    .apply(([plainKey, plain]) => envChecksum(plainKey, ...plain));
}
