import type { Input } from "@pulumi/pulumi";
import { databaseCaDirectory } from "../platform/platform";
import { defined, type Json } from "../json";
import { checksumAnnotation, mqttPort } from "./env";

export const serviceNames = ["server", "drain", "scheduler", "vcsGateway"] as const;

export type ServiceName = (typeof serviceNames)[number];

/** Requests and limits as the chart's schema takes them: strings only. */
export interface ContainerResources {
  readonly requests?: { readonly cpu?: string | undefined; readonly memory?: string | undefined } | undefined;
  readonly limits?: { readonly cpu?: string | undefined; readonly memory?: string | undefined } | undefined;
}

export interface ServiceOptions {
  readonly replicas: number;
  readonly resources?: ContainerResources | undefined;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Readonly<Record<string, Json>>[];
  readonly affinity?: Readonly<Record<string, Json>> | undefined;
}

export interface ServiceValues {
  readonly replicaCount: number;
  readonly pullPolicy: "Always" | "IfNotPresent" | "Never";
  readonly resources: ContainerResources;
  readonly podAnnotations?: Readonly<Record<string, Input<string>>>;
  readonly podLabels?: Readonly<Record<string, string>>;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Readonly<Record<string, Json>>[];
  readonly affinity: Readonly<Record<string, unknown>>;
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
  readonly volumeMounts?: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly readOnly: boolean;
  }[];
}

interface StartupProbe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

export interface IngressValues {
  readonly enabled: boolean;
  readonly ingressClassName: Input<string>;
  readonly annotations: Readonly<Record<string, Input<string>>>;
}

/**
 * The values of the Spacelift chart, as far as this program sets them: every chart that `config/versions.ts` allows
 * obeys them, and refuses any other key from 0.57 on.
 */
export interface SpaceliftValues {
  readonly shared: {
    readonly image: Input<string>;
    readonly secretRef: Input<string>;
    readonly serverHostname: string;
  };
  readonly serviceAccount: { readonly create: boolean; readonly name: Input<string> };
  readonly server: ServiceValues & { readonly secretRef: Input<string>; readonly mqttPort: number };
  readonly drain: ServiceValues & { readonly secretRef: Input<string>; readonly startupProbe: StartupProbe };
  readonly scheduler:
    (ServiceValues & { readonly startupProbe: StartupProbe }) | { readonly replicaCount: 0 };
  readonly ingress: IngressValues;
  readonly ingressV6: { readonly enabled: boolean };
  readonly mqttService: {
    readonly type: "ClusterIP" | "LoadBalancer" | "NodePort";
    readonly port: number;
    readonly annotations: Readonly<Record<string, Input<string>>>;
    readonly additionalSpec?: Readonly<Record<string, unknown>>;
  };
  readonly vcsGateway?: ServiceValues & {
    readonly enabled: boolean;
    readonly domain: string;
    readonly service: { readonly annotations: Readonly<Record<string, string>> };
    readonly ingress: IngressValues;
  };
}

export interface SpaceliftValuesOptions {
  readonly releaseName: string;
  readonly image: Input<string>;
  readonly domain: string;
  readonly secretNames: Readonly<Record<"shared" | "server" | "drain", Input<string>>>;
  readonly serviceAccountName: Input<string>;
  readonly services: Readonly<Record<ServiceName, ServiceOptions>>;
  /** Whether the scheduler has pods: in newer releases the drain does its work. */
  readonly hasScheduler: boolean;
  /** Checksums of the variables each service was started with: a change rolls its pods. @default - no annotation */
  readonly checksums?: Readonly<Record<ServiceName, Input<string>>>;
  readonly podLabels: Readonly<Record<string, string>>;
  /** ConfigMap with the CA of the database, to mount. */
  readonly databaseCaConfigMap?: Input<string>;
  readonly ingress: {
    readonly className: Input<string>;
    readonly annotations: Readonly<Record<string, Input<string>>>;
    readonly vcsGatewayAnnotations: Readonly<Record<string, Input<string>>>;
    readonly vcsGatewayServiceAnnotations: Readonly<Record<string, string>>;
  };
  readonly mqtt: {
    readonly serviceType: "ClusterIP" | "LoadBalancer" | "NodePort";
    readonly annotations: Readonly<Record<string, Input<string>>>;
    readonly allowedRanges: readonly string[];
  };
  readonly vcsGatewayDomain?: string;
}

/** Sizes for which the vendor runs the services itself, halved: an installation grows into the limits. */
const defaultResources: Readonly<Record<ServiceName, ContainerResources>> = {
  server: { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } },
  drain: { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "4Gi" } },
  scheduler: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
  vcsGateway: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "2Gi" } },
};

/** Name of the service account all services run as: what an identity of the cloud is assigned to. */
export const backendServiceAccount = "spacelift-backend";

const chartName = "spacelift-self-hosted";
const suffixes: Readonly<Record<ServiceName, string>> = {
  server: "",
  drain: "-drain",
  scheduler: "-scheduler",
  vcsGateway: "-vcs-gateway",
};

/** Labels that select the pods of one service, as the chart writes them. */
export function podSelector(service: ServiceName, releaseName: string): Readonly<Record<string, string>> {
  return {
    "app.kubernetes.io/name": `${chartName}${suffixes[service]}`,
    "app.kubernetes.io/instance": `${releaseName}${suffixes[service]}`,
  };
}

function spread(service: ServiceName, releaseName: string): Record<string, unknown> {
  const labelSelector = { matchLabels: podSelector(service, releaseName) };
  const term = (topologyKey: string, weight: number): Record<string, unknown> => ({
    weight,
    podAffinityTerm: { labelSelector, topologyKey },
  });
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        term("topology.kubernetes.io/zone", 100),
        term("kubernetes.io/hostname", 50),
      ],
    },
  };
}

function serviceValues(service: ServiceName, options: SpaceliftValuesOptions): ServiceValues {
  const chosen = options.services[service];
  const volume = "database-ca";
  return defined({
    replicaCount: chosen.replicas,
    // Tags name a release for good, so that a restart need not reach the registry.
    pullPolicy: "IfNotPresent",
    resources: chosen.resources ?? defaultResources[service],
    podAnnotations: options.checksums && { [checksumAnnotation]: options.checksums[service] },
    podLabels: Object.keys(options.podLabels).length > 0 ? options.podLabels : undefined,
    nodeSelector: Object.keys(chosen.nodeSelector).length > 0 ? chosen.nodeSelector : undefined,
    tolerations: chosen.tolerations.length > 0 ? chosen.tolerations : undefined,
    affinity: chosen.affinity ?? spread(service, options.releaseName),
    ...(options.databaseCaConfigMap && {
      volumes: [{ name: volume, configMap: { name: options.databaseCaConfigMap } }],
      volumeMounts: [{ name: volume, mountPath: databaseCaDirectory, readOnly: true }],
    }),
  });
}

// The chart's half a minute is short for a first start, which waits for the migrations of the database.
const patientStartup = {
  httpGet: { path: "/startup", port: "instrumentation" },
  periodSeconds: 10,
  failureThreshold: 60,
};

/** Values of the Spacelift chart. The second Ingress, made for another cloud, stays off. */
export function spaceliftValues(options: SpaceliftValuesOptions): SpaceliftValues {
  const { secretNames, ingress, mqtt } = options;
  return {
    shared: { image: options.image, secretRef: secretNames.shared, serverHostname: options.domain },
    serviceAccount: { create: false, name: options.serviceAccountName },
    server: { ...serviceValues("server", options), secretRef: secretNames.server, mqttPort },
    drain: { ...serviceValues("drain", options), secretRef: secretNames.drain, startupProbe: patientStartup },
    // Charts up to 0.71 have its Deployment for every release, and newer ones whenever they cannot read the image's tag.
    scheduler: options.hasScheduler
      ? { ...serviceValues("scheduler", options), startupProbe: patientStartup }
      : { replicaCount: 0 },
    ingress: { enabled: true, ingressClassName: ingress.className, annotations: ingress.annotations },
    ingressV6: { enabled: false },
    mqttService: {
      type: mqtt.serviceType,
      port: mqttPort,
      annotations: mqtt.annotations,
      ...(mqtt.allowedRanges.length > 0 && {
        additionalSpec: { loadBalancerSourceRanges: mqtt.allowedRanges },
      }),
    },
    ...(options.vcsGatewayDomain === undefined
      ? {}
      : {
          vcsGateway: {
            ...serviceValues("vcsGateway", options),
            enabled: true,
            domain: options.vcsGatewayDomain,
            service: { annotations: ingress.vcsGatewayServiceAnnotations },
            ingress: {
              enabled: true,
              ingressClassName: ingress.className,
              annotations: ingress.vcsGatewayAnnotations,
            },
          },
        }),
  };
}
