import { configuredAks, givenIds } from "../../support/azure-configurations";
import { configured, type TestConfig } from "../../support/configurations";
import { selfSigned } from "../../support/certificates";

/** A configuration whose charts are rendered. */
export interface Scenario {
  readonly title: string;
  readonly config: () => TestConfig;
  /** Whether each of its values is changed to see that the chart reads it: dozens of renderings. */
  readonly effect: boolean;
}

const ca = selfSigned("Example CA");

const ingresses: Readonly<Record<string, object>> = {
  existing: { className: "nginx", controller: "ingress-nginx" },
  traefik: { mode: "traefik", className: undefined },
  "ingress-nginx": { mode: "ingress-nginx", className: undefined },
};

const certificates: Readonly<
  Record<
    string,
    { readonly tls: object; readonly namespace?: object; readonly secrets?: Record<string, string> }
  >
> = {
  acme: { tls: { mode: "acme", email: "platform@example.com" } },
  ca: {
    tls: { mode: "ca", email: undefined, certificate: ca.certificate },
    secrets: { caPrivateKey: ca.privateKey },
  },
  selfSigned: { tls: { mode: "selfSigned", email: undefined } },
  existingIssuer: { tls: { mode: "existingIssuer", email: undefined, name: "corporate" } },
  provided: {
    tls: { mode: "provided", email: undefined, certificate: ca.certificate },
    secrets: { tlsPrivateKey: ca.privateKey },
  },
  existingSecret: { tls: { mode: "existingSecret", email: undefined }, namespace: { create: false } },
};

const onprem = Object.entries(ingresses).flatMap(([ingressTitle, ingress]) =>
  Object.entries(certificates).map(([tlsTitle, { secrets = {}, ...settings }]): Scenario => ({
    title: `on-prem, ingress ${ingressTitle}, TLS ${tlsTitle}`,
    config: () => configured({ ingress, ...settings }, secrets),
    effect: false,
  })),
);

const sizes = ["dev", "prod", "ha"].map((size): Scenario => ({
  title: `AKS, size ${size}`,
  config: () => configuredAks({ aks: { size } }),
  effect: size === "prod",
}));

const all = (mode: string, serviceType: string): TestConfig =>
  configured(
    {
      ingress: {
        mode,
        className: "spacelift",
        replicas: 3,
        serviceType,
        serviceAnnotations: { "example.com/pool": "public" },
        ...(serviceType === "LoadBalancer" && { allowedRanges: ["203.0.113.0/24"] }),
      },
      tls: { mode: "ca", email: undefined, certificate: ca.certificate },
      vcsGateway: { domain: "vcs-gateway.spacelift.example.com" },
      mqtt: {
        domain: "mqtt.spacelift.example.com",
        serviceType: "LoadBalancer",
        annotations: { "example.com/pool": "mqtt" },
        allowedRanges: ["198.51.100.0/24"],
      },
      workers: { apiKeyId: "01HX", pools: [{ name: "default", size: 2 }] },
      telemetry: { vendor: "Datadog", agentHost: "datadog-agent.datadog.svc" },
      usageReporting: true,
      proxy: { https: "http://proxy.example.com:3128", noProxy: ["10.244.0.0/16"] },
      rootCas: [ca.certificate],
      version: "v3.7.0",
    },
    { caPrivateKey: ca.privateKey, workerApiKeySecret: "planted-worker-api-key" },
  );

const options: readonly Scenario[] = ["traefik", "ingress-nginx"].flatMap((mode) =>
  ["LoadBalancer", "NodePort", "ClusterIP"].map((serviceType): Scenario => ({
    title: `on-prem, everything on, ${mode} as ${serviceType}`,
    config: () => all(mode, serviceType),
    effect: serviceType === "LoadBalancer",
  })),
);

const azure: readonly Scenario[] = [
  {
    title: "AKS, DNS-01 in Azure DNS, VCS gateway",
    config: () =>
      configuredAks({
        version: "v3.7.0",
        tls: { mode: "acme", email: "platform@example.com", challenge: "dns01" },
        vcsGateway: { domain: "vcs-gateway.example.com" },
        aks: { dns: { zoneId: givenIds.dnsZone } },
      }),
    effect: true,
  },
];

/** The configurations that the charts are rendered for: every ingress mode with every TLS mode, each size, each option. */
export const scenarios: readonly Scenario[] = [...onprem, ...sizes, ...options, ...azure];

/** Those that between them install every chart, with every service on and off: for checks that need no more. */
export const covering: readonly Scenario[] = [
  "on-prem, ingress existing, TLS acme",
  "on-prem, everything on, traefik as LoadBalancer",
  "on-prem, everything on, ingress-nginx as LoadBalancer",
  "AKS, size dev",
  "AKS, size prod",
].map((wanted) => {
  const found = scenarios.find(({ title }) => title === wanted);
  if (found === undefined) throw new Error(`no scenario "${wanted}"`);
  return found;
});
