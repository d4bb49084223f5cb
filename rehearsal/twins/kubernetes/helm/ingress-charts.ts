import { at, objectAt, type Properties, stringAt } from "../../framework";
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

/** The chart of Traefik: a workload behind a load balancer, its custom kinds, and the class named after the release. */
export const traefikChart: KnownChart = {
  latest: "37.4.0",
  appVersion: "v3.6.2",
  defaults: { ingressClass: { enabled: true }, service: { enabled: true, type: "LoadBalancer" } },
  render(context) {
    const { release, namespace, values } = context;
    const name = fullName(release, "traefik", values);
    const className = stringAt(values, "ingressClass", "name") ?? name;
    const settings = objectAt(values, "service");
    const spec = { type: settings["type"] ?? "LoadBalancer", ...objectAt(settings, "spec") };
    return {
      definitions: traefikDefinitions,
      ...rendered(context, name, {
        className: at(values, "ingressClass", "enabled") === false ? undefined : className,
        controller: "traefik.io/ingress-controller",
        service:
          settings["enabled"] === false
            ? undefined
            : service(namespace, name, spec, objectAt(settings, "annotations")),
      }),
    };
  },
};

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
    const address = stringAt(settings, "loadBalancerIP");
    const spec: Properties = {
      type: settings["type"] ?? "LoadBalancer",
      ...(address === undefined ? {} : { loadBalancerIP: address }),
    };
    return rendered(context, name, {
      className: stringAt(values, "controller", "ingressClassResource", "name") ?? "nginx",
      controller: "k8s.io/ingress-nginx",
      service:
        settings["enabled"] === false
          ? undefined
          : service(namespace, name, spec, objectAt(settings, "annotations")),
    });
  },
};

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
