import type { Input } from "@pulumi/pulumi";
import { grpcIdleSeconds } from "../spacelift/ingress";

export type InstalledController = "traefik" | "ingress-nginx";

/** The class and the namespace of each, unless they are chosen. */
export const controllerDefaults: Readonly<
  Record<InstalledController, { readonly className: string; readonly namespace: string }>
> = {
  traefik: { className: "traefik", namespace: "traefik" },
  "ingress-nginx": { className: "nginx", namespace: "ingress-nginx" },
};

/** How an installed controller is set up. */
export interface ControllerOptions {
  /** Class to create. @default - `traefik` or `nginx` */
  readonly className: string;
  /** @default 2 */
  readonly replicas: number;
  /**
   * Whether replicas that are in one zone alone may not start. Every node must then have a zone. Otherwise zones are a wish.
   * @default false
   */
  readonly zonal: boolean;
  /** @default "LoadBalancer" */
  readonly serviceType: "LoadBalancer" | "NodePort" | "ClusterIP";
  /** @default - none */
  readonly serviceAnnotations: Readonly<Record<string, Input<string>>>;
  /**
   * `Local` keeps the addresses of clients, but leaves pods that call the load balancer's address to the controllers on
   * their own node where Cilium is 1.19 or later (cilium/cilium#45252, #45135): AKS has that from Kubernetes 1.36 on. Runs
   * have nodes of their own there, and call Spacelift by its domain, as do the worker controller and the self check of HTTP-01.
   * @default "Cluster"
   */
  readonly externalTrafficPolicy: "Cluster" | "Local";
  /** Client ranges the load balancer lets in; empty for all. @default - all */
  readonly allowedRanges: readonly string[];
  /** Whether VCS agents come through it, whose gRPC streams do not end. @default false */
  readonly endlessStreams: boolean;
}

/** Spreads the pods with some labels over zones and nodes. */
function spread(matchLabels: Readonly<Record<string, string>>, zonal: boolean): object[] {
  const constraint = (topologyKey: string, whenUnsatisfiable: string): object => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable,
    labelSelector: { matchLabels },
    // A rollout counts its own pods; and what a pod cannot run on, the nodes of a lost zone among it, is no place to wait for.
    matchLabelKeys: ["pod-template-hash"],
    nodeTaintsPolicy: "Honor",
  });
  return [
    constraint("topology.kubernetes.io/zone", zonal ? "DoNotSchedule" : "ScheduleAnyway"),
    constraint("kubernetes.io/hostname", "ScheduleAnyway"),
  ];
}

/**
 * Values of Traefik's chart: plain HTTP redirected, request headers kept as they are, its class not the default of the
 * cluster and no dashboard.
 */
export function traefikValues(options: ControllerOptions): Record<string, unknown> {
  return {
    deployment: { replicas: options.replicas },
    topologySpreadConstraints: spread({ "app.kubernetes.io/name": "traefik" }, options.zonal),
    podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
    // Its chart asks for nothing, and such pods are the first to be evicted from a node that is short of memory.
    resources: { requests: { cpu: "100m", memory: "128Mi" } },
    ingressClass: { enabled: true, isDefaultClass: false, name: options.className },
    api: { dashboard: false },
    ingressRoute: { dashboard: { enabled: false } },
    providers: {
      kubernetesIngress: { enabled: true, ingressClass: options.className },
      kubernetesCRD: { enabled: false },
    },
    ports: {
      web: { http: { redirections: { entryPoint: { to: "websecure", scheme: "https", permanent: true } } } },
      websecure: {
        http: { tls: { enabled: true } },
        // The time in which a whole request must have been read, its body included (traefik/traefik#10652), and not to be
        // had for one host alone. Uploads outlast the default of a minute. The streams of VCS agents are requests whose
        // body never ends: only without a limit are they not cut. The price is that clients may then hold connections by
        // sending slowly, which `allowedRanges` narrows down; without a gateway, the limit stays.
        transport: { respondingTimeouts: { readTimeout: options.endlessStreams ? "0s" : "3600s" } },
      },
    },
    service: { annotations: options.serviceAnnotations, spec: serviceSpec(options) },
    global: { checkNewVersion: false, sendAnonymousUsage: false },
  };
}

/**
 * Values of ingress-nginx' chart: the admission webhook and snippets, where its worst vulnerabilities were, switched
 * off; path types not validated strictly, which would refuse cert-manager's HTTP-01 challenges.
 */
export function ingressNginxValues(options: ControllerOptions): Record<string, unknown> {
  const labels = {
    "app.kubernetes.io/name": "ingress-nginx",
    "app.kubernetes.io/component": "controller",
  };
  return {
    controller: {
      replicaCount: options.replicas,
      topologySpreadConstraints: spread(labels, options.zonal),
      ingressClass: options.className,
      ingressClassResource: {
        name: options.className,
        enabled: true,
        default: false,
        controllerValue: `k8s.io/${options.className}`,
      },
      allowSnippetAnnotations: false,
      admissionWebhooks: { enabled: false },
      config: {
        "strict-validate-path-type": "false",
        "enable-underscores-in-headers": "true",
        // Between two messages of an agent. Annotations of the gateway's Ingress set the two other timeouts that its streams
        // need; this one is there for the whole controller alone (ingress-nginx, docs/examples/grpc).
        ...(options.endlessStreams && { "client-body-timeout": grpcIdleSeconds }),
      },
      service: { annotations: options.serviceAnnotations, ...serviceSpec(options) },
    },
  };
}

/** Both charts take it as it is in the Service. */
function serviceSpec(options: ControllerOptions): Record<string, unknown> {
  const { serviceType: type, externalTrafficPolicy, allowedRanges } = options;
  return {
    type,
    ...(type !== "ClusterIP" && { externalTrafficPolicy }),
    ...(type === "LoadBalancer" && allowedRanges.length > 0 && { loadBalancerSourceRanges: allowedRanges }),
  };
}
