import * as core from "@pulumi/kubernetes/core/v1";
import type { Release } from "@pulumi/kubernetes/helm/v3/release";
import * as policy from "@pulumi/kubernetes/policy/v1";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { chartArgs, createHelmRelease } from "../cluster/helm-release";
import { createPullSecrets, provideNamespace } from "../cluster/namespace";
import { kebabCase, SpaceliftComponent } from "../component";
import { defined, mergeValues } from "../json";
import type { DatabaseRestorePoint, Platform } from "../platform/platform";
import { restorePointName } from "../../config/restore-point";
import { chartsOf, recurringWork } from "../../config/versions";
import { type CompleteSpaceliftArgs, completeSpaceliftArgs, type SpaceliftArgs } from "./args";
import { DatabaseDump, type DumpOptions } from "./database-dump";
import { grpcAnnotations, issuerAnnotations, tlsSecretNames } from "./ingress";
import { type BackendEnv, backendEnv, envChecksumOutput } from "./env";
import { createPolicies, spaceliftPolicies } from "./network-policies";
import {
  type ServiceName,
  type SpaceliftValuesOptions,
  backendServiceAccount,
  podSelector,
  serviceNames,
  spaceliftValues,
} from "./values";

export type { SpaceliftArgs } from "./args";

const releaseName = "spacelift";
type SecretRole = keyof BackendEnv;

/** Which Secrets each service is started with. */
const secretsOf: Readonly<Record<ServiceName, readonly SecretRole[]>> = {
  server: ["shared", "server"],
  drain: ["shared", "drain"],
  scheduler: ["shared"],
  vcsGateway: ["shared"],
};

/** Spacelift itself: its namespace, Secrets, service account, Helm release and what the chart leaves out. */
export class Spacelift extends SpaceliftComponent {
  readonly namespace: pulumi.Output<string>;
  readonly release: Release;
  /** What was taken of the database before the release, by the platform or as a dump. @default - nothing */
  readonly restorePoint: DatabaseRestorePoint | undefined;
  /** The variables of the three Secrets, by Secret. */
  readonly env: BackendEnv;
  /** Names of the three Secrets: others after each change of their variables. */
  readonly secretNames: Readonly<Record<keyof BackendEnv, pulumi.Output<string>>>;
  /** The values of the chart, without the checksums that only roll the pods. */
  readonly values: Readonly<Record<string, unknown>>;

  constructor(name: string, given: SpaceliftArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:spacelift:Spacelift", name, opts);
    const args = completeSpaceliftArgs(given);
    const { platform } = args;
    const recurring = recurringWork(platform.images.tag, args.chart.version);
    this.namespace = provideNamespace(
      this.child("namespace"),
      args.namespace,
      platform.kubernetes.namespaceLabels,
      { parent: this },
    ).name;
    this.env = backendEnv(
      defined({
        ...args.env,
        namespace: args.namespace.name,
        database: platform.database,
        objectStorage: platform.objectStorage,
        launcherRepository: platform.images.launcherRepository,
        version: platform.images.tag,
        vcsGatewayDomain: args.vcsGatewayDomain,
        tellDrainToSchedule: recurring === "drainWhenTold",
        podCidr: platform.kubernetes.podCidr,
      }),
    );
    const secrets = this.createSecrets();
    this.secretNames = {
      shared: secrets.shared.metadata.name,
      server: secrets.server.metadata.name,
      drain: secrets.drain.metadata.name,
    };
    const serviceAccount = this.createServiceAccount(platform);
    const certificates = this.createCertificateSecrets(args);
    const databaseCa = this.createDatabaseCa(platform.database.caCertificate);
    this.restorePoint = args.databaseDump
      ? this.dumpDatabase(args, args.databaseDump, serviceAccount, databaseCa)
      : platform.database.restorePoint;
    const hasScheduler = recurring === "scheduler";
    const options = {
      ...this.valuesOptions(args, serviceAccount, databaseCa),
      hasScheduler,
    };
    this.values = mergeValues(spaceliftValues(options), args.helmValues);
    const policies = args.networkPolicies
      ? createPolicies(
          (role) => this.child(role),
          this.namespace,
          spaceliftPolicies({
            ...args.networkPolicies,
            releaseName,
            vcsGateway: args.vcsGatewayDomain !== undefined,
          }),
          { parent: this },
        )
      : [];
    this.release = createHelmRelease(
      this.child("release"),
      {
        ...chartArgs(chartsOf(platform.images.tag).spacelift, args.chart),
        name: releaseName,
        namespace: this.namespace,
        values: mergeValues(spaceliftValues({ ...options, checksums: this.checksums() }), args.helmValues),
        timeout: args.chart.timeoutMinutes * 60,
        variables: [this.env.shared, this.env.server, this.env.drain].flatMap((env) => Object.values(env)),
      },
      platform.kubernetes.access,
      {
        parent: this,
        dependsOn: [
          ...platform.images.pushed,
          ...(this.restorePoint?.ready ?? []),
          ...certificates,
          ...policies,
          ...args.ingress.ready,
        ],
      },
    );
    if (args.podDisruptionBudgets) {
      const idle: ServiceName[] = [
        ...(hasScheduler ? [] : ["scheduler" as const]),
        ...(args.vcsGatewayDomain === undefined ? ["vcsGateway" as const] : []),
      ];
      this.createDisruptionBudgets(
        serviceNames.filter((service) => !idle.includes(service)),
        this.release,
      );
    }
    this.registerOutputs();
  }

  /**
   * Secrets without a name of their own and without a way to change them: the provider creates another one, of another
   * name, when a variable changes, and takes the old one away at the end of a run that succeeds. So pods of a release
   * that was rolled back still find the variables they were created with.
   */
  private createSecrets(): Readonly<Record<SecretRole, core.Secret>> {
    const create = (role: SecretRole): core.Secret =>
      new core.Secret(
        this.child(role),
        {
          metadata: { namespace: this.namespace },
          type: "Opaque",
          immutable: true,
          stringData: this.env[role],
        },
        { parent: this },
      );
    return { shared: create("shared"), server: create("server"), drain: create("drain") };
  }

  private createServiceAccount({ images, workloadIdentity }: Platform): core.ServiceAccount {
    const pullSecrets = createPullSecrets(this.child("pull"), this.namespace, images, { parent: this });
    return new core.ServiceAccount(
      this.child("account"),
      {
        metadata: defined({
          name: backendServiceAccount,
          namespace: this.namespace,
          annotations: workloadIdentity?.serviceAccountAnnotations,
        }),
        // The services never call the Kubernetes API.
        automountServiceAccountToken: false,
        imagePullSecrets: pullSecrets,
      },
      { parent: this },
    );
  }

  private createCertificateSecrets({ certificates, vcsGatewayDomain }: CompleteSpaceliftArgs): core.Secret[] {
    if (certificates.type !== "provided") return [];
    const names = vcsGatewayDomain === undefined ? [tlsSecretNames.server] : Object.values(tlsSecretNames);
    return names.map(
      (secretName) =>
        new core.Secret(
          this.child(secretName),
          {
            metadata: { name: secretName, namespace: this.namespace },
            type: "kubernetes.io/tls",
            stringData: { "tls.crt": certificates.certificate, "tls.key": certificates.privateKey },
          },
          { parent: this },
        ),
    );
  }

  private createDatabaseCa(certificate: string | undefined): core.ConfigMap | undefined {
    if (certificate === undefined) return undefined;
    return new core.ConfigMap(
      this.child("database-ca"),
      {
        metadata: { name: "spacelift-database-ca", namespace: this.namespace },
        data: { "ca.pem": certificate },
      },
      { parent: this },
    );
  }

  private dumpDatabase(
    { platform }: CompleteSpaceliftArgs,
    options: DumpOptions,
    serviceAccount: core.ServiceAccount,
    databaseCa: core.ConfigMap | undefined,
  ): DatabaseDump {
    const { service, buckets } = platform.objectStorage;
    if (service.type !== "minio" || buckets.backups === undefined) {
      throw new pulumi.ResourceError(
        "a dump of the database needs a bucket `backups` with the API of S3",
        this,
        true,
      );
    }
    return new DatabaseDump(
      this.child(restorePointName(options.before)),
      {
        ...options,
        namespace: this.namespace,
        serviceAccountName: serviceAccount.metadata.name,
        databaseUrl: platform.database.url,
        databaseCaConfigMap: databaseCa?.metadata.name,
        storage: service,
        bucket: buckets.backups,
        after: platform.images.pushed,
      },
      { parent: this },
    );
  }

  private valuesOptions(
    args: CompleteSpaceliftArgs,
    serviceAccount: core.ServiceAccount,
    databaseCa: core.ConfigMap | undefined,
  ): Omit<SpaceliftValuesOptions, "checksums" | "hasScheduler"> {
    const grpc = grpcAnnotations(args.ingress.software);
    const issuer = issuerAnnotations(args.certificates);
    return defined({
      releaseName,
      image: args.platform.images.backend,
      domain: args.env.domain,
      secretNames: this.secretNames,
      serviceAccountName: serviceAccount.metadata.name,
      services: args.services,
      podLabels: args.platform.workloadIdentity?.podLabels ?? {},
      databaseCaConfigMap: databaseCa?.metadata.name,
      ingress: {
        className: args.ingress.className,
        annotations: { ...issuer, ...args.ingress.annotations },
        vcsGatewayAnnotations: { ...issuer, ...grpc.ingress, ...args.ingress.vcsGatewayAnnotations },
        vcsGatewayServiceAnnotations: grpc.service,
      },
      mqtt: args.mqtt,
      vcsGatewayDomain: args.vcsGatewayDomain,
    });
  }

  private checksums(): Readonly<Record<ServiceName, pulumi.Output<string>>> {
    const key = new random.RandomBytes(this.child("checksum-key"), { length: 32 }, { parent: this });
    const of = (service: ServiceName): pulumi.Output<string> =>
      envChecksumOutput(key.base64, ...secretsOf[service].map((role) => this.env[role]));
    return {
      server: of("server"),
      drain: of("drain"),
      scheduler: of("scheduler"),
      vcsGateway: of("vcsGateway"),
    };
  }

  // On destroy the budgets go first: Kubernetes warns of one whose pods have no Deployment any more.
  private createDisruptionBudgets(services: readonly ServiceName[], release: Release): void {
    for (const service of services) {
      new policy.PodDisruptionBudget(
        this.child(`budget-${kebabCase(service)}`),
        {
          metadata: { name: `spacelift-${kebabCase(service)}`, namespace: this.namespace },
          // At most one pod at a time, which even a single replica can follow.
          spec: { maxUnavailable: 1, selector: { matchLabels: podSelector(service, releaseName) } },
        },
        { parent: this, dependsOn: [release] },
      );
    }
  }
}
