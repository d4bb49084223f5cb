import type { Input } from "@pulumi/pulumi";

/** The ingress controllers this program installs. */
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
  /** Class to make. @default - `traefik` or `nginx` */
  readonly className: string;
  /** @default 2 */
  readonly replicas: number;
  /** @default "LoadBalancer" */
  readonly serviceType: "LoadBalancer" | "NodePort" | "ClusterIP";
  /** @default - none */
  readonly serviceAnnotations: Readonly<Record<string, Input<string>>>;
  /** Client ranges the load balancer lets in; empty for all. @default - all */
  readonly allowedRanges: readonly string[];
}

/**
 * Values of Traefik's chart: plain HTTP redirected, request headers kept as they are, its class not the default of the
 * cluster and no dashboard.
 */
export function traefikValues(options: ControllerOptions): Record<string, unknown> {
  return {
    deployment: { replicas: options.replicas },
    podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
    ingressClass: { enabled: true, isDefaultClass: false, name: options.className },
    ingressRoute: { dashboard: { enabled: false } },
    providers: {
      kubernetesIngress: { enabled: true, ingressClass: options.className },
      kubernetesCRD: { enabled: false },
    },
    ports: {
      web: { http: { redirections: { entryPoint: { to: "websecure", scheme: "https", permanent: true } } } },
      websecure: {
        http: { tls: { enabled: true } },
        // Uploads and the streams of VCS agents last longer than Traefik's default of a minute.
        transport: { respondingTimeouts: { readTimeout: "3600s" } },
      },
    },
    service: {
      type: options.serviceType,
      annotations: options.serviceAnnotations,
      spec: serviceSpec(options),
      ...(options.allowedRanges.length > 0 && { loadBalancerSourceRanges: options.allowedRanges }),
    },
    global: { checkNewVersion: false, sendAnonymousUsage: false },
  };
}

/**
 * Values of ingress-nginx' chart: the admission webhook and snippets, where its worst vulnerabilities were, switched
 * off; path types not validated strictly, which would refuse cert-manager's HTTP-01 challenges.
 */
export function ingressNginxValues(options: ControllerOptions): Record<string, unknown> {
  return {
    controller: {
      replicaCount: options.replicas,
      ingressClass: options.className,
      ingressClassResource: {
        name: options.className,
        enabled: true,
        default: false,
        controllerValue: `k8s.io/${options.className}`,
      },
      allowSnippetAnnotations: false,
      admissionWebhooks: { enabled: false },
      config: { "strict-validate-path-type": "false", "enable-underscores-in-headers": "true" },
      service: {
        type: options.serviceType,
        annotations: options.serviceAnnotations,
        ...serviceSpec(options),
        ...(options.allowedRanges.length > 0 && { loadBalancerSourceRanges: options.allowedRanges }),
      },
    },
  };
}

// Keeps the client's address, and health probes to nodes that run a controller.
const serviceSpec = (options: ControllerOptions): Record<string, string> =>
  options.serviceType === "ClusterIP" ? {} : { externalTrafficPolicy: "Local" };
