import semver from "semver";
import { spaceliftSchema } from "./values-schema";
import { at, objectAt, type Properties, stringAt, type WorldState } from "../../framework";
import { podProblems, type Workload } from "./workloads";
import {
  deployment,
  type KnownChart,
  type RenderContext,
  type Rendered,
  type RenderedObject,
  service,
  serviceAccount,
} from "./rendered";

const BUCKETS = [
  "DELIVERIES",
  "LARGE_QUEUE_MESSAGES",
  "MODULES",
  "POLICY_INPUTS",
  "RUN_LOGS",
  "STATES",
  "USER_UPLOADED_WORKSPACES",
  "WORKSPACE",
];
const NEEDED_BY_ALL = ["SERVER_DOMAIN", "DATABASE_URL", "MQTT_BROKER_ENDPOINT"];
const NEEDED_BY: Readonly<Record<string, readonly string[]>> = {
  server: [...NEEDED_BY_ALL, ...BUCKETS.map((name) => `OBJECT_STORAGE_BUCKET_${name}`)],
  drain: [...NEEDED_BY_ALL, "LAUNCHER_IMAGE", "LAUNCHER_IMAGE_TAG"],
  scheduler: ["DATABASE_URL"],
  vcsGateway: [],
};

/** The chart of Spacelift: two workloads to four, their services, ingresses and service accounts. */
export const spaceliftChart: KnownChart = {
  latest: "0.71.0",
  appVersion: "4.0.0",
  schemaOf: spaceliftSchema,
  defaults: {
    fullnameOverride: "spacelift",
    ingress: { enabled: true, ingressClassName: "" },
    ingressV6: { enabled: true },
    serviceAccount: { create: true, name: "spacelift-backend" },
    mqttService: { type: "ClusterIP", port: 1984 },
    service: { type: "ClusterIP", port: 80 },
    vcsGateway: { enabled: false, domain: "", ingress: { enabled: true }, service: {} },
  },
  render(context) {
    const { values, namespace } = context;
    const name = stringAt(values, "fullnameOverride") ?? "spacelift";
    const workloads = workloadsOf(context, name);
    return {
      objects: [
        ...accountsOf(values, namespace),
        ...workloads.map((workload) =>
          deployment(namespace, workload.name, {
            labels: objectAt(values, workload.part, "podLabels"),
            image: workload.image ?? "",
            replicas: Number(at(values, workload.part, "replicaCount") ?? 1),
            selector: selectorOf(workload.part, context.release),
            secrets: workload.secrets,
          }),
        ),
        ...servicesOf(values, namespace, name),
        ...ingressesOf(values, namespace, name),
      ],
      installSeconds: 240,
      problems: (state: WorldState, now: Date) =>
        workloads
          .filter(({ part }) => at(values, part, "replicaCount") !== 0)
          .flatMap((workload) => podProblems(state, workload, now)),
    } satisfies Rendered;
  },
};

/** The labels that the templates of the chart select a workload's pods by. */
function selectorOf(part: string, release: string): Properties {
  const suffix = part === "server" ? "" : `-${part === "vcsGateway" ? "vcs-gateway" : part}`;
  return {
    "app.kubernetes.io/name": `spacelift-self-hosted${suffix}`,
    "app.kubernetes.io/instance": `${release}${suffix}`,
  };
}

/** The last chart that has a scheduler whatever the release; its successors ask the tag of the image. */
const LAST_WITH_SCHEDULER = "0.71.0";

/** Whether there is a Deployment of the scheduler, as the templates decide it. */
function deploysScheduler({ values, version }: RenderContext): boolean {
  if (!semver.gt(version, LAST_WITH_SCHEDULER)) return true;
  const enabled = at(values, "scheduler", "enabled");
  if (typeof enabled === "boolean") return enabled;
  const tag = /:(v?\d+\.\d+\.\d+)(?:[-+].*)?$/.exec(stringAt(values, "shared", "image") ?? "");
  return tag === null || semver.lt(tag[1] ?? "", "6.4.0");
}

function workloadsOf(context: RenderContext, name: string): (Workload & { part: string })[] {
  const { values, namespace } = context;
  const image = stringAt(values, "shared", "image");
  const parts = [
    "server",
    "drain",
    ...(deploysScheduler(context) ? ["scheduler"] : []),
    ...(at(values, "vcsGateway", "enabled") === true ? ["vcsGateway"] : []),
  ];
  return parts.map((part) => ({
    part,
    namespace,
    name: `${name}-${part === "vcsGateway" ? "vcs-gateway" : part}`,
    image,
    serviceAccount: accountName(values, part),
    // The API server rejects a reference without a name, so an empty one is a problem and not an absence.
    secrets: [
      at(values, "shared", "secretRef"),
      ...(part === "server" || part === "drain" ? [at(values, part, "secretRef")] : []),
    ].map((reference) => (typeof reference === "string" ? reference : "")),
    neededVariables: NEEDED_BY[part] ?? [],
  }));
}

function accountName(values: Properties, part: string): string {
  if (at(values, part, "serviceAccount", "create") === true) {
    return (
      stringAt(values, part, "serviceAccount", "name") ??
      `spacelift-${part === "vcsGateway" ? "vcs-gateway" : part}`
    );
  }
  return stringAt(values, "serviceAccount", "name") ?? "spacelift-backend";
}

function accountsOf(values: Properties, namespace: string): RenderedObject[] {
  const own = ["server", "drain", "scheduler", "vcsGateway"].filter(
    (part) => at(values, part, "serviceAccount", "create") === true,
  );
  const accounts = own.map((part) =>
    serviceAccount(
      namespace,
      accountName(values, part),
      objectAt(values, part, "serviceAccount", "annotations"),
    ),
  );
  if (at(values, "serviceAccount", "create") !== true) return accounts;
  return [
    serviceAccount(namespace, accountName(values, "none"), objectAt(values, "serviceAccount", "annotations")),
    ...accounts,
  ];
}

function servicesOf(values: Properties, namespace: string, name: string): RenderedObject[] {
  const mqtt = objectAt(values, "mqttService");
  const services = [
    service(namespace, `${name}-server`, { type: at(values, "service", "type") ?? "ClusterIP" }),
    service(
      namespace,
      `${name}-mqtt`,
      { type: mqtt["type"] ?? "ClusterIP", ...objectAt(mqtt, "additionalSpec") },
      objectAt(mqtt, "annotations"),
    ),
  ];
  if (at(values, "vcsGateway", "enabled") !== true) return services;
  return [
    ...services,
    service(namespace, `${name}-vcs-gateway`, {
      type: at(values, "vcsGateway", "service", "type") ?? "ClusterIP",
    }),
  ];
}

function ingressesOf(values: Properties, namespace: string, workload: string): RenderedObject[] {
  const ingress = (
    name: string,
    part: Properties,
    host: string | undefined,
    secretName: string,
    backend: string,
  ): RenderedObject => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    name,
    namespace,
    body: {
      metadata: { annotations: objectAt(part, "annotations") },
      spec: {
        ...(stringAt(part, "ingressClassName")
          ? { ingressClassName: stringAt(part, "ingressClassName") ?? "" }
          : {}),
        rules:
          host === undefined
            ? []
            : [{ host, http: { paths: [{ path: "/", backend: { service: { name: backend } } }] } }],
        tls: [{ ...(host !== undefined && { hosts: [host] }), secretName }],
      },
    },
  });
  const host = stringAt(values, "shared", "serverHostname");
  const { ingress: main, ingressV6, vcsGateway } = values;
  return [
    ...(at(main, "enabled") === true
      ? [ingress("server-v4", objectAt(main), host, "cert", `${workload}-server`)]
      : []),
    ...(at(ingressV6, "enabled") === true
      ? [ingress("server-v6", objectAt(ingressV6), host, "cert", `${workload}-server`)]
      : []),
    ...(at(vcsGateway, "enabled") === true && at(vcsGateway, "ingress", "enabled") === true
      ? [
          ingress(
            "vcs-gateway",
            objectAt(vcsGateway, "ingress"),
            stringAt(vcsGateway, "domain"),
            "vcs-gateway-cert",
            `${workload}-vcs-gateway`,
          ),
        ]
      : []),
  ];
}
