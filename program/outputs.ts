import * as pulumi from "@pulumi/pulumi";
import type { BucketRole } from "../components/buckets";
import { defined, type JsonObject } from "../components/json";
import type { DatabaseRestorePoint, Kept, Platform } from "../components/platform/platform";
import type { Spacelift } from "../components/spacelift";
import type { Workers } from "../components/workers";
import type { Configuration } from "../config/load";
import type { PlannedRestorePoint, RestorePoint } from "../config/restore-point";
import { hostsOf } from "../config/settings";
import type { ProvidedCertificates } from "./certificates";
import type { Credentials } from "./spacelift";
import type { Ingress } from "./ingress";
import { type ExternalWorkers, externalWorkers } from "./external-workers";
import { brokerRecord, type DnsRecord, dnsRecord, nextSteps } from "./next-steps";

/** The outputs of a stack: their names and shapes are public, embedding programs read them. */
export interface SpaceliftOutputs {
  /** `https://<domain>`. */
  readonly url: string;
  /** Where the administrator logs in for the first time. Left out, like the next two, with `adminLogin: false`. */
  readonly adminLoginUrl?: string;
  readonly adminUsername?: string;
  /** Secret. */
  readonly adminPassword?: pulumi.Output<string>;
  /** Secret: base64 of the PEM. Put it into escrow. */
  readonly encryptionPrivateKey: pulumi.Output<string>;
  /** The release that runs: the one before, when the Helm release could not be changed. */
  readonly version: pulumi.Output<string>;
  readonly namespace: pulumi.Output<string>;
  readonly backendImage: pulumi.Output<string>;
  readonly launcherImage: pulumi.Output<string>;
  /** The copy of the database from before the last upgrade. Left out where none was taken, or it is gone by now. */
  readonly restorePoint?: pulumi.Output<RestorePoint>;
  /** `sha256:…` of the manifest that was pushed. Left out, like the next one, where Docker pushes or nobody. */
  readonly backendDigest?: pulumi.Output<string>;
  readonly launcherDigest?: pulumi.Output<string>;
  /** What the platform created and where it is: names, addresses and ids by what they are. Empty on-prem. */
  readonly platform: Readonly<Record<string, pulumi.Output<string>>>;
  /** Names by role. */
  readonly buckets: pulumi.Output<Readonly<Partial<Record<BucketRole, string>>>>;
  readonly dnsRecords: pulumi.Output<readonly DnsRecord[]>;
  /**
   * IPv4 addresses with which Spacelift and the workers in the cluster are seen on the internet, to be allowed at VCS providers.
   * Left out where the program cannot tell them: on-prem, and with a cluster, NAT gateway or route table of yours.
   */
  readonly egressAddresses?: pulumi.Output<readonly string[]>;
  /** What workers outside the cluster need. Left out without `mqtt.domain`. */
  readonly externalWorkers?: pulumi.Output<ExternalWorkers>;
  /** Variables of the guide as `export` lines for a shell; without secrets. */
  readonly shell: pulumi.Output<string>;
  /** Secret: the three Secrets as a manifest (JSON) that `kubectl apply -f` takes. */
  readonly kubernetesSecrets: pulumi.Output<string>;
  /** The values of the release (JSON), as `helm upgrade --values` takes them. */
  readonly helmValues: pulumi.Output<JsonObject>;
  /** What a destroy leaves behind, and how to delete it. */
  readonly keptOnDestroy: readonly Kept[];
  /** What is left to do by hand, in order. */
  readonly nextSteps: pulumi.Output<readonly string[]>;
}

export interface Deployment {
  readonly configuration: Configuration;
  readonly restorePoint: PlannedRestorePoint | undefined;
  readonly platform: Platform;
  readonly credentials: Credentials;
  readonly ingress: Ingress;
  readonly certificates: ProvidedCertificates;
  readonly spacelift: Spacelift;
  readonly workers: Workers | undefined;
}

export function createOutputs(deployment: Deployment): SpaceliftOutputs {
  const { configuration, platform, credentials, ingress, certificates, spacelift, workers } = deployment;
  const { settings } = configuration;
  const dns = pulumi
    .all([ingress.address ?? "", settings.mqtt.address ?? platform.broker?.address ?? ""])
    .apply(([address, brokerAddress]) => {
      const broker = brokerRecord(settings, brokerAddress);
      return [
        ...hostsOf(settings).map((host) => dnsRecord(host, address, ingress.addressHint)),
        ...(broker ? [broker] : []),
      ];
    });
  const backendImage = pulumi.output(platform.images.backend);
  const launcherImage = pulumi.interpolate`${platform.images.launcherRepository}:${platform.images.tag}`;
  const kept = [
    ...platform.kept,
    ...credentials.kept,
    ...ingress.kept,
    ...certificates.kept,
    ...(workers?.kept ?? []),
  ];
  return {
    url: `https://${settings.domain}`,
    ...(credentials.adminPassword && {
      adminLoginUrl: `https://${settings.domain}/admin-login`,
      adminUsername: settings.adminUsername,
      adminPassword: credentials.adminPassword,
    }),
    encryptionPrivateKey: credentials.encryptionPrivateKey,
    version: spacelift.release.urn.apply(() => settings.version),
    namespace: spacelift.namespace,
    backendImage,
    launcherImage,
    ...defined({
      backendDigest: platform.images.digests?.["backend"],
      launcherDigest: platform.images.digests?.["launcher"],
      egressAddresses: platform.egressAddresses,
      restorePoint: restorePointOutput(deployment.restorePoint, spacelift.restorePoint),
      externalWorkers: externalWorkers(configuration, platform, launcherImage),
    }),
    platform: platform.outputs ?? {},
    buckets: pulumi.output(platform.objectStorage.buckets),
    dnsRecords: dns,
    shell: pulumi
      .all([
        backendImage,
        launcherImage,
        spacelift.namespace,
        workers?.namespace ?? "",
        pulumi.all(platform.shell ?? {}),
      ])
      .apply(([backend, launcher, namespace, workerNamespace, variables]) =>
        shellExports(
          defined({
            SPACELIFT_VERSION: settings.version,
            SERVER_DOMAIN: settings.domain,
            K8S_NAMESPACE: namespace,
            K8S_WORKER_POOL_NAMESPACE: settings.workers.enabled ? workerNamespace : undefined,
            ADMIN_USERNAME: settings.adminLogin ? settings.adminUsername : undefined,
            BACKEND_IMAGE: backend.slice(0, backend.lastIndexOf(":")),
            LAUNCHER_IMAGE: launcher.slice(0, launcher.lastIndexOf(":")),
            ...variables,
          }),
        ),
      ),
    kubernetesSecrets: secretsManifest(spacelift),
    helmValues: pulumi.jsonStringify(spacelift.values).apply((text) => JSON.parse(text) as JsonObject),
    keptOnDestroy: kept,
    nextSteps: dns.apply((records) =>
      nextSteps({
        settings,
        records: records.filter(({ name }) => platform.dns?.hosts.includes(name) !== true),
        givenAdminPassword: configuration.secrets.adminPassword !== undefined,
        waitingPools: workers?.waitingPools ?? [],
        generatedKey: credentials.generatedKey,
      }),
    ),
  };
}

const restorePointOutput = (
  planned: PlannedRestorePoint | undefined,
  taken: DatabaseRestorePoint | undefined,
): pulumi.Output<RestorePoint> | undefined =>
  planned === undefined || taken === undefined
    ? undefined
    : pulumi.output({ before: planned.before, name: taken.name, takenAt: taken.takenAt });

/** `export NAME='value'` lines that any POSIX shell reads back as they were. */
export function shellExports(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`)
    .join("");
}

/** Under the names that the values of the release refer to. */
function secretsManifest({
  namespace,
  env,
  secretNames,
}: Pick<Spacelift, "namespace" | "env" | "secretNames">): pulumi.Output<string> {
  const items = (["shared", "server", "drain"] as const).map((role) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: secretNames[role], namespace },
    type: "Opaque",
    stringData: env[role],
  }));
  return pulumi.secret(pulumi.jsonStringify({ apiVersion: "v1", kind: "List", items }, undefined, 2));
}
