import type * as pulumi from "@pulumi/pulumi";
import { defaultReplicas } from "../../config/sections/services";
import type { ChartOverride } from "../cluster/helm-release";
import { defined, type JsonObject } from "../json";
import type { Platform } from "../platform/platform";
import type { DumpOptions } from "./database-dump";
import type { Certificates, IngressSoftware } from "./ingress";
import type { BackendEnvOptions, Env } from "./env";
import type { NetworkPolicyOptions } from "./network-policies";
import { type ServiceName, type ServiceOptions, serviceNames, type SpaceliftValuesOptions } from "./values";

type EnvFromElsewhere =
  | "namespace"
  | "database"
  | "objectStorage"
  | "launcherRepository"
  | "version"
  | "vcsGatewayDomain"
  | "tellDrainToSchedule"
  | "podCidr";
type EnvArgs = Omit<BackendEnvOptions, EnvFromElsewhere>;
type DefaultedEnv = "telemetry" | "rootCas" | "drain" | "extra";

/** Arguments of `Spacelift`. */
export interface SpaceliftArgs {
  /** Where it runs: a platform of this package, or an object of your own. */
  readonly platform: Platform;
  /** Its namespace. @default - `spacelift`, which is created */
  readonly namespace?: { readonly name: string; readonly create: boolean };
  /** Variables of the services, as far as they do not follow from the platform and the rest of these arguments. */
  readonly env: Omit<EnvArgs, DefaultedEnv> & {
    /** Where traces and metrics go. @default - nowhere */
    readonly telemetry?: EnvArgs["telemetry"];
    /** Certificates to trust, PEM. @default - those of the images */
    readonly rootCas?: EnvArgs["rootCas"];
    /** Receivers by queue, and how long a message may take. @default - as the server has them */
    readonly drain?: EnvArgs["drain"];
    /** Further variables by Secret, which win. @default - none */
    readonly extra?: { readonly shared?: Env; readonly server?: Env; readonly drain?: Env };
  };
  /** Replicas, resources and placement. @default - the platform's replicas, else 3; spread over zones and nodes */
  readonly services?: Readonly<
    Partial<Record<ServiceName, { readonly [K in keyof ServiceOptions]?: ServiceOptions[K] | undefined }>>
  >;
  /** Host VCS agents connect to. @default - no gateway */
  readonly vcsGatewayDomain?: string;
  /** The ingress controller that serves it. */
  readonly ingress: {
    readonly className: pulumi.Input<string>;
    /** What answers for the class: the gateway's gRPC needs annotations of its kind. @default "other" */
    readonly software?: IngressSoftware;
    /** Of the server's Ingress. @default - none */
    readonly annotations?: Readonly<Record<string, string>>;
    /** Of the gateway's Ingress. @default - none */
    readonly vcsGatewayAnnotations?: Readonly<Record<string, string>>;
    /** What must outlive the Ingresses, so that load balancers and challenges are cleaned up. @default - nothing */
    readonly ready?: readonly pulumi.Resource[];
  };
  /** Where the certificates of the Ingresses come from. */
  readonly certificates: Certificates;
  /** The broker's Service. @default - `ClusterIP` */
  readonly mqtt?: Partial<SpaceliftValuesOptions["mqtt"]>;
  /** @default - the chart that belongs to the release, with 20 minutes to come up */
  readonly chart?: ChartOverride & { readonly timeoutMinutes?: number };
  /** Dump the database into the bucket `backups` of the platform before the release. @default - no dump */
  readonly databaseDump?: DumpOptions | undefined;
  /** Values of the chart, merged last. @default - none */
  readonly helmValues?: JsonObject;
  /** Policies to create. @default - none */
  readonly networkPolicies?: Omit<NetworkPolicyOptions, "releaseName" | "vcsGateway">;
  /** Create disruption budgets. @default true */
  readonly podDisruptionBudgets?: boolean;
}

export interface CompleteSpaceliftArgs
  extends
    Required<
      Omit<
        SpaceliftArgs,
        "env" | "services" | "vcsGatewayDomain" | "mqtt" | "chart" | "networkPolicies" | "databaseDump"
      >
    >,
    Pick<SpaceliftArgs, "vcsGatewayDomain" | "networkPolicies" | "databaseDump"> {
  readonly env: EnvArgs;
  readonly services: Readonly<Record<ServiceName, ServiceOptions>>;
  readonly ingress: Required<SpaceliftArgs["ingress"]>;
  readonly mqtt: SpaceliftValuesOptions["mqtt"];
  readonly chart: ChartOverride & { readonly timeoutMinutes: number };
}

export function completeSpaceliftArgs(args: SpaceliftArgs): CompleteSpaceliftArgs {
  const { env, ingress, mqtt = {}, chart = {}, services = {} } = args;
  const replicas = args.platform.replicas ?? defaultReplicas;
  const service = (name: ServiceName): ServiceOptions => ({
    replicas,
    nodeSelector: {},
    tolerations: [],
    ...defined(services[name] ?? {}),
  });
  return defined({
    ...args,
    namespace: args.namespace ?? { name: "spacelift", create: true },
    env: {
      ...env,
      telemetry: env.telemetry ?? { vendor: "Disabled" },
      rootCas: env.rootCas ?? [],
      drain: env.drain ?? { concurrency: {} },
      extra: { shared: {}, server: {}, drain: {}, ...defined(env.extra ?? {}) },
    },
    // One entry for each of the names.
    services: Object.fromEntries(serviceNames.map((name) => [name, service(name)])) as Record<
      ServiceName,
      ServiceOptions
    >,
    ingress: {
      software: "other" as const,
      annotations: {},
      vcsGatewayAnnotations: {},
      ready: [],
      ...defined(ingress),
    },
    mqtt: { serviceType: "ClusterIP" as const, annotations: {}, allowedRanges: [], ...defined(mqtt) },
    chart: { timeoutMinutes: 20, ...defined(chart) },
    helmValues: args.helmValues ?? {},
    podDisruptionBudgets: args.podDisruptionBudgets ?? true,
  });
}
