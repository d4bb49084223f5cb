import { at, objectAt, type Properties, stringAt, TwinError, type Value } from "../../framework";
import { pluralOf } from "../kinds";
import {
  definition,
  deployment,
  fullName,
  type KnownChart,
  type RenderContext,
  type Rendered,
  type RenderedObject,
  service,
  serviceAccount,
} from "./rendered";

function ingressClass(name: string, controller: string): RenderedObject {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "IngressClass",
    name,
    body: { metadata: {}, spec: { controller } },
  };
}

/** Custom kinds in the chart's folder `crds`, by group. */
const TRAEFIK_KINDS: Readonly<Record<string, readonly string[]>> = {
  "hub.traefik.io": [
    "AccessControlPolicy",
    "AIService",
    "APIAuth",
    "APIBundle",
    "APICatalogItem",
    "APIPlan",
    "APIPortalAuth",
    "APIPortal",
    "APIRateLimit",
    "API",
    "APIVersion",
    "ContentItem",
    "ManagedApplication",
    "ManagedSubscription",
    "Uplink",
  ],
  "traefik.io": [
    "IngressRoute",
    "IngressRouteTCP",
    "IngressRouteUDP",
    "Middleware",
    "MiddlewareTCP",
    "ServersTransport",
    "ServersTransportTCP",
    "TLSOption",
    "TLSStore",
    "TraefikService",
  ],
};

const traefikDefinitions = Object.entries(TRAEFIK_KINDS).flatMap(([group, kinds]) =>
  kinds.map((kind) => definition(group, kind, pluralOf(kind), true)),
);

/** What the chart of Traefik takes at the top; as Helm finds any other key there, it refuses the release. */
const TRAEFIK_KEYS = (
  "accessLog additionalArguments additionalVolumeMounts affinity api autoscaling certificatesResolvers commonLabels core " +
  "deployment env envFrom experimental extraObjects fullnameOverride gateway gatewayClass global hostNetwork hub image " +
  "ingressClass ingressRoute instanceLabelOverride livenessProbe log metrics nameOverride namespaceOverride nodeSelector " +
  "ocsp persistence podDisruptionBudget podSecurityContext ports priorityClassName providers rbac readinessProbe " +
  "resources securityContext service serviceAccount serviceAccountAnnotations startupProbe tlsOptions tlsStore " +
  "tolerations topologySpreadConstraints tracing updateStrategy versionOverride volumes"
).split(" ");

/**
 * The chart of Traefik: a workload behind a load balancer, its custom kinds, and the class named after the release. Of `service`, the
 * templates of 41.3.0 put annotations and `spec` into the Service, and look at no `type` and no ranges beside `spec`.
 */
export const traefikChart: KnownChart = {
  latest: "37.4.0",
  appVersion: "v3.6.2",
  schemaOf: () => ({
    type: "object",
    properties: Object.fromEntries(TRAEFIK_KEYS.map((key) => [key, {}])),
    additionalProperties: false,
  }),
  defaults: {
    ingressClass: { enabled: true },
    service: { enabled: true, spec: { type: "LoadBalancer" } },
  },
  render(context) {
    const { release, namespace, values } = context;
    const name = fullName(release, "traefik", values);
    const className = stringAt(values, "ingressClass", "name") ?? name;
    const settings = objectAt(values, "service");
    return {
      definitions: traefikDefinitions,
      ...rendered(context, name, {
        className: at(values, "ingressClass", "enabled") === false ? undefined : className,
        controller: "traefik.io/ingress-controller",
        service:
          settings["enabled"] === false
            ? undefined
            : checkedService(namespace, name, objectAt(settings, "spec"), objectAt(settings, "annotations")),
      }),
    };
  },
};

/** Fields of `controller.service` that the chart of ingress-nginx puts into its Service. */
const NGINX_SERVICE = [
  "type",
  "loadBalancerIP",
  "loadBalancerSourceRanges",
  "loadBalancerClass",
  "externalTrafficPolicy",
];

/** The chart of ingress-nginx: a workload behind a load balancer, and the class `nginx`. */
export const ingressNginxChart: KnownChart = {
  latest: "4.15.1",
  appVersion: "1.15.1",
  defaults: {
    controller: {
      ingressClassResource: { name: "nginx", enabled: true },
      service: { enabled: true, type: "LoadBalancer" },
    },
  },
  render(context) {
    const { release, namespace, values } = context;
    const name = `${fullName(release, "ingress-nginx", values)}-controller`;
    const settings = objectAt(values, "controller", "service");
    const spec: Properties = Object.fromEntries(
      // A template leaves out what is empty.
      NGINX_SERVICE.flatMap((key): [string, Value][] => {
        const value = settings[key];
        return value === undefined || value === "" ? [] : [[key, value]];
      }),
    );
    return rendered(context, name, {
      className: stringAt(values, "controller", "ingressClassResource", "name") ?? "nginx",
      controller: "k8s.io/ingress-nginx",
      service:
        settings["enabled"] === false
          ? undefined
          : checkedService(namespace, name, spec, objectAt(settings, "annotations")),
    });
  },
};

/** A Service as the API server takes it: it refuses what has no meaning for its type. */
function checkedService(
  namespace: string,
  name: string,
  spec: Properties,
  annotations: Properties,
): RenderedObject {
  const type = spec["type"] ?? "ClusterIP";
  const refuse = (field: string, reason: string): never => {
    throw new TwinError(`Service "${name}" is invalid: spec.${field}: ${reason}`);
  };
  if (type === "ClusterIP" && spec["externalTrafficPolicy"] !== undefined)
    refuse("externalTrafficPolicy", "Invalid value: may only be set for externally-accessible services");
  if (type !== "LoadBalancer" && spec["loadBalancerSourceRanges"] !== undefined)
    refuse("LoadBalancerSourceRanges", "Forbidden: may only be used when `type` is 'LoadBalancer'");
  return service(namespace, name, spec, annotations);
}

interface Parts {
  readonly className: string | undefined;
  readonly controller: string;
  readonly service: RenderedObject | undefined;
}

function rendered({ namespace }: RenderContext, name: string, parts: Parts): Rendered {
  return {
    objects: [
      serviceAccount(namespace, name),
      deployment(namespace, name),
      ...(parts.service === undefined ? [] : [parts.service]),
      ...(parts.className === undefined ? [] : [ingressClass(parts.className, parts.controller)]),
    ],
    controllers: parts.className === undefined ? [] : [`ingress:${parts.className}`],
    installSeconds: 60,
  };
}
