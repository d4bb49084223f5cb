import type { ConfigValue } from "../../../rehearsal";
import type { ConfigurationChange } from "../../support/rehearsed-stack";
import { selfSigned } from "../../support/certificates";

/** One thing that operators change, in its positions; every position says the same paths. */
export interface Dial {
  readonly name: string;
  readonly positions: readonly ConfigurationChange[];
  /** Whether it is only ever turned forward, a position at a time, as releases are. */
  readonly isRatchet?: boolean;
}

const of = (path: string, ...values: readonly (ConfigValue | undefined)[]): readonly ConfigurationChange[] =>
  values.map((value) => ({ config: { [path]: value } }));

const ca = selfSigned("Example CA");
const acme = { mode: "acme", email: "platform@example.com" };
const noKeys = { caPrivateKey: undefined };

const shared: readonly Dial[] = [
  {
    name: "tls",
    positions: [
      { config: { tls: { ...acme, environment: "production" } }, secrets: noKeys },
      { config: { tls: { ...acme, environment: "staging" } }, secrets: noKeys },
      { config: { tls: { mode: "selfSigned" } }, secrets: noKeys },
      {
        config: { tls: { mode: "ca", certificate: ca.certificate } },
        secrets: { caPrivateKey: ca.privateKey },
      },
    ],
  },
  { name: "gateway", positions: of("vcsGateway", undefined, { domain: "vcs-gateway.example.com" }) },
  {
    name: "pools",
    positions: of(
      "workers.pools",
      [{ name: "default", size: 1 }],
      [{ name: "default", size: 3 }, { name: "gpu" }],
      [{ name: "gpu", size: 2 }],
    ),
  },
  { name: "network policies", positions: of("networkPolicies", true, false) },
  { name: "disruption budgets", positions: of("podDisruptionBudgets", true, false) },
  { name: "replicas", positions: of("services", undefined, { server: { replicas: 4 } }) },
  {
    name: "telemetry",
    positions: of(
      "telemetry",
      undefined,
      { vendor: "Datadog", agentHost: "datadog-agent.datadog.svc" },
      { vendor: "OpenTelemetry", endpoint: "http://otel-collector.observability.svc.cluster.local:4317" },
    ),
  },
  {
    name: "retention",
    positions: of(
      "buckets",
      undefined,
      { runLogs: { expireAfterDays: 200 } },
      { metadata: { expireAfterDays: 5 } },
    ),
  },
  {
    name: "administrator's password",
    positions: [1, 2].map((number) => ({ secrets: { adminPassword: `administrators-password-${number}` } })),
  },
];

/** A constant part of every walk's configuration: what a rehearsal's stack file lacks for all dials to have an effect. */
export const constant: ConfigurationChange = {
  config: { "workers.apiKeyId": "01HX0000000000000000000000" },
  secrets: { workerApiKeySecret: "an-api-key-secret" },
};

/** What is turned in walks, by target: all but what docs/azure.md says is not to be changed later. */
export const dials: Readonly<Record<"onprem" | "aks", readonly Dial[]>> = {
  onprem: [
    {
      name: "release",
      positions: of("version", "v3.7.0", "v4.0.0", "v5.1.1", "v6.2.0", "v6.4.0"),
      isRatchet: true,
    },
    {
      name: "ingress",
      positions: of(
        "ingress",
        { mode: "existing", className: "nginx", controller: "ingress-nginx", namespace: "ingress-nginx" },
        { mode: "traefik", address: "192.0.2.10" },
        { mode: "ingress-nginx" },
      ),
    },
    {
      name: "broker",
      positions: of("mqtt", undefined, { domain: "mqtt.example.com", serviceType: "LoadBalancer" }),
    },
    { name: "namespace labels", positions: of("onprem.namespaceLabels", undefined, { team: "platform" }) },
    { name: "dumps before upgrades", positions: of("upgrade.backup", undefined, true), isRatchet: true },
    { name: "way of pushing", positions: of("images.method", "direct", "docker") },
    ...shared,
  ],
  aks: [
    { name: "release", positions: of("version", "v4.0.0", "v5.1.1", "v6.2.0", "v6.4.0"), isRatchet: true },
    { name: "size", positions: of("aks.size", "dev", "prod", "ha") },
    { name: "tags", positions: of("aks.tags", undefined, { team: "platform" }, { team: "core", cost: "1" }) },
    { name: "ingress", positions: of("ingress", { mode: "traefik" }, { mode: "ingress-nginx" }) },
    {
      name: "ranges of the API server",
      positions: of("aks.cluster.authorizedRanges", ["0.0.0.0/0"], ["203.0.113.0/24"]),
    },
    { name: "node pools", positions: of("aks.cluster.pools", undefined, nodePools(2), nodePools(3)) },
    { name: "read replica", positions: of("aks.database.readReplica", undefined, true) },
    { name: "backups", positions: of("aks.database.backupDays", undefined, 30) },
    { name: "parameters", positions: of("aks.database.parameters", undefined, { log_connections: "on" }) },
    {
      name: "ranges of the storage",
      positions: of("aks.storage.allowedRanges", undefined, ["203.0.113.0/24"]),
    },
    { name: "alerts", positions: of("aks.alerts", undefined, { emails: ["platform@example.com"] }) },
    // Protected, as the data is: they are taken away in two steps, which docs/azure.md has.
    { name: "locks", positions: of("aks.locks", undefined, true), isRatchet: true },
    { name: "anonymous launcher", positions: of("aks.registry.anonymousLauncher", undefined, true) },
    ...shared,
  ],
};

function nodePools(minCount: number): ConfigValue {
  return [
    { name: "apps", minCount, maxCount: 6 },
    { name: "runs", purpose: "runs", maxCount: 4 + minCount },
  ];
}
