import * as core from "@pulumi/kubernetes/core/v1";
import * as helm from "@pulumi/kubernetes/helm/v3";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as policy from "@pulumi/kubernetes/policy/v1";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type ChartOverride, chartArgs } from "../cluster/chart-reference";
import { createNamespace } from "../cluster/namespace";
import { SpaceliftComponent } from "../component";
import { type JsonObject, defined, mergeValues } from "../json";
import { kebabCase } from "../naming";
import type { Platform } from "../platform/platform";
import { charts } from "../versions";
import { type Certificates, issuerAnnotations, tlsSecretNames } from "./certificates";
import { type BackendEnv, type BackendEnvOptions, backendEnv } from "./env";
import { type IngressSoftware, grpcAnnotations } from "./grpc-ingress";
import { type NetworkPolicyOptions, spaceliftPolicies } from "./network-policies";
import { createPullSecrets } from "./pull-secrets";
import { envChecksumOutput } from "./rollout";
import { backendServiceAccount } from "./service-account";
import {
  type ServiceName,
  type ServiceOptions,
  type SpaceliftValuesOptions,
  podSelector,
  serviceNames,
  spaceliftValues,
} from "./values";

/** Arguments of {@link Spacelift}. */
export interface SpaceliftArgs {
  readonly platform: Platform;
  readonly namespace: { readonly name: string; readonly create: boolean };
  /** Variables of the services, as far as they do not follow from the platform and the rest of these arguments. */
  readonly env: Omit<
    BackendEnvOptions,
    "namespace" | "database" | "objectStorage" | "launcherRepository" | "version" | "vcsGatewayDomain"
  >;
  readonly services: Readonly<Record<ServiceName, ServiceOptions>>;
  readonly vcsGatewayDomain?: string;
  readonly ingress: {
    readonly className: pulumi.Input<string>;
    readonly software: IngressSoftware;
    readonly annotations: Readonly<Record<string, string>>;
    readonly vcsGatewayAnnotations: Readonly<Record<string, string>>;
    /** What must outlive the Ingresses, so that load balancers and challenges are cleaned up. */
    readonly ready: readonly pulumi.Resource[];
  };
  readonly certificates: Certificates;
  readonly mqtt: SpaceliftValuesOptions["mqtt"];
  readonly chart: ChartOverride & { readonly timeoutMinutes: number };
  /** Values merged last. */
  readonly helmValues: JsonObject;
  /** Policies to make; undefined for none. */
  readonly networkPolicies?: Omit<NetworkPolicyOptions, "releaseName" | "vcsGateway">;
  readonly podDisruptionBudgets: boolean;
}

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
  readonly release: helm.Release;
  /** The variables of the three Secrets, by Secret. */
  readonly env: BackendEnv;
  /** The values of the chart, without the checksums that only roll the pods. */
  readonly values: Readonly<Record<string, unknown>>;

  constructor(name: string, args: SpaceliftArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:spacelift:Spacelift", name, opts);
    const { platform } = args;
    const ownNamespace = args.namespace.create
      ? createNamespace(this.child("namespace"), args.namespace.name, platform.kubernetes.namespaceLabels, {
          parent: this,
        })
      : undefined;
    this.namespace = ownNamespace ? ownNamespace.metadata.name : pulumi.output(args.namespace.name);
    this.env = backendEnv(
      defined({
        ...args.env,
        namespace: args.namespace.name,
        database: platform.database,
        objectStorage: platform.objectStorage,
        launcherRepository: platform.images.launcherRepository,
        version: platform.images.tag,
        vcsGatewayDomain: args.vcsGatewayDomain,
      }),
    );
    const secrets = this.createSecrets();
    const serviceAccount = this.createServiceAccount(platform);
    const certificates = this.createCertificateSecrets(args);
    const databaseCa = this.createDatabaseCa(platform.database.caCertificate);
    const options = this.valuesOptions(args, secrets, serviceAccount, databaseCa);
    this.values = mergeValues(spaceliftValues(options), args.helmValues);
    const policies = args.networkPolicies ? this.createPolicies(args, args.networkPolicies) : [];
    this.release = new helm.Release(
      this.child("release"),
      {
        ...chartArgs(charts.spacelift, args.chart),
        name: releaseName,
        namespace: this.namespace,
        values: mergeValues(spaceliftValues({ ...options, checksums: this.checksums() }), args.helmValues),
        atomic: true,
        cleanupOnFail: true,
        timeout: args.chart.timeoutMinutes * 60,
      },
      {
        parent: this,
        dependsOn: [...platform.images.pushed, ...certificates, ...policies, ...args.ingress.ready],
      },
    );
    if (args.podDisruptionBudgets) this.createDisruptionBudgets(args);
    this.registerOutputs();
  }

  private createSecrets(): Readonly<Record<SecretRole, core.Secret>> {
    const create = (role: SecretRole): core.Secret =>
      new core.Secret(
        this.child(role),
        {
          metadata: { name: `spacelift-${role}`, namespace: this.namespace },
          type: "Opaque",
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

  private createCertificateSecrets({ certificates, vcsGatewayDomain }: SpaceliftArgs): core.Secret[] {
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

  private valuesOptions(
    args: SpaceliftArgs,
    secrets: Readonly<Record<SecretRole, core.Secret>>,
    serviceAccount: core.ServiceAccount,
    databaseCa: core.ConfigMap | undefined,
  ): Omit<SpaceliftValuesOptions, "checksums"> {
    const grpc = grpcAnnotations(args.ingress.software);
    const issuer = issuerAnnotations(args.certificates);
    return defined({
      releaseName,
      image: args.platform.images.backend,
      domain: args.env.domain,
      secretNames: {
        shared: secrets.shared.metadata.name,
        server: secrets.server.metadata.name,
        drain: secrets.drain.metadata.name,
      },
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

  private createPolicies(
    args: SpaceliftArgs,
    options: NonNullable<SpaceliftArgs["networkPolicies"]>,
  ): networking.NetworkPolicy[] {
    const plan = spaceliftPolicies({
      ...options,
      releaseName,
      vcsGateway: args.vcsGatewayDomain !== undefined,
    });
    return plan.map(
      ({ name, spec }) =>
        new networking.NetworkPolicy(
          this.child(`policy-${name}`),
          { metadata: { name, namespace: this.namespace }, spec },
          { parent: this },
        ),
    );
  }

  private createDisruptionBudgets(args: SpaceliftArgs): void {
    for (const service of serviceNames) {
      if (service === "vcsGateway" && args.vcsGatewayDomain === undefined) continue;
      new policy.PodDisruptionBudget(
        this.child(`budget-${kebabCase(service)}`),
        {
          metadata: { name: `spacelift-${kebabCase(service)}`, namespace: this.namespace },
          // At most one pod at a time, which even a single replica can follow.
          spec: { maxUnavailable: 1, selector: { matchLabels: podSelector(service, releaseName) } },
        },
        { parent: this },
      );
    }
  }
}
