import { z } from "zod";
import { mergeValues } from "../../components/json";
import {
  type ServiceName,
  serviceNames,
  type ServiceOptions,
  spaceliftValues,
} from "../../components/spacelift/values";
import { recurringWork } from "../../config/versions";
import { poolSpec } from "../../components/workers/pool";
import { type Settings, usualReplicas } from "../../config/settings";
import { quantity } from "../../kubernetes/values";

/** Processors (in cores) and memory (in bytes). */
export interface Amounts {
  readonly cpu: number;
  readonly memory: number;
}

/** Pods of one kind that want a place in the cluster. */
export interface PodDemand extends Amounts {
  /** `server`, or `worker of pool default`. */
  readonly what: string;
  readonly replicas: number;
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Whether the pods tolerate any taint. */
  readonly isTolerant: boolean;
}

const text = z.union([z.string(), z.number().transform(String)]);
const resourcesSchema = z.object({ requests: z.object({ cpu: text, memory: text }).partial().optional() });
const containerSchema = z.object({ resources: resourcesSchema.optional() });
const serviceSchema = containerSchema.extend({ replicaCount: z.number() });
const podSchema = z.object({
  pod: z.object({
    initContainer: containerSchema,
    grpcServerContainer: containerSchema,
    workerContainer: containerSchema,
  }),
});
const placementSchema = z
  .object({
    nodeSelector: z.record(z.string(), z.string()).default({}),
    tolerations: z.array(z.unknown()).default([]),
  })
  .catch({ nodeSelector: {}, tolerations: [] });

export const nothing: Amounts = { cpu: 0, memory: 0 };
export const plus = (a: Amounts, b: Amounts): Amounts => ({
  cpu: a.cpu + b.cpu,
  memory: a.memory + b.memory,
});

/** What a container requests; what it does not say counts as nothing. */
export function amountsOf(resources: z.input<typeof resourcesSchema> | undefined): Amounts {
  const { cpu, memory } = resourcesSchema.parse(resources ?? {}).requests ?? {};
  return { cpu: quantity(cpu ?? "0") ?? 0, memory: quantity(memory ?? "0") ?? 0 };
}

/** What a pod is placed by: its containers together, or its greatest init container. */
export const podAmounts = (containers: readonly Amounts[], initContainers: readonly Amounts[]): Amounts =>
  initContainers.reduce(
    (most, each) => ({ cpu: Math.max(most.cpu, each.cpu), memory: Math.max(most.memory, each.memory) }),
    containers.reduce(plus, nothing),
  );

/** The pods of Spacelift and of the pools, with what each requests. */
export const podDemands = (settings: Settings): readonly PodDemand[] => [
  ...serviceDemands(settings),
  ...(settings.workers.enabled ? poolDemands(settings) : []),
];

function serviceDemands(settings: Settings): readonly PodDemand[] {
  const { services, mqtt, vcsGateway } = settings;
  const usual = usualReplicas(settings);
  const options = (service: ServiceName): ServiceOptions => ({
    ...services[service],
    replicas: services[service].replicas ?? usual,
  });
  const values = mergeValues(
    spaceliftValues({
      services: {
        server: options("server"),
        drain: options("drain"),
        scheduler: options("scheduler"),
        vcsGateway: options("vcsGateway"),
      },
      hasScheduler: recurringWork(settings.version, settings.charts.spacelift.version) === "scheduler",
      mqtt,
      releaseName: "spacelift",
      image: "",
      domain: settings.domain,
      secretNames: { shared: "", server: "", drain: "" },
      serviceAccountName: "",
      podLabels: {},
      ingress: {
        className: "",
        annotations: {},
        vcsGatewayAnnotations: {},
        vcsGatewayServiceAnnotations: {},
      },
      ...(vcsGateway && { vcsGatewayDomain: vcsGateway.domain }),
    }),
    settings.helmValues,
  );
  return serviceNames.flatMap((service) => {
    const read = serviceSchema.safeParse(values[service]);
    if (!read.success || read.data.replicaCount === 0) return [];
    const { nodeSelector, tolerations } = services[service];
    const { replicaCount: replicas, resources } = read.data;
    const isTolerant = tolerations.length > 0;
    return [{ what: service, replicas, nodeSelector, isTolerant, ...amountsOf(resources) }];
  });
}

const poolDemands = ({ workers }: Settings): readonly PodDemand[] =>
  workers.pools.map((pool) => {
    const { pod } = podSchema.parse(poolSpec(pool, { type: "api" }, { pullSecrets: [] }));
    const { nodeSelector, tolerations } = placementSchema.parse(pool.spec["pod"]);
    return {
      what: `worker of pool ${pool.name}`,
      replicas: pool.size,
      nodeSelector,
      isTolerant: tolerations.length > 0,
      ...podAmounts(
        [amountsOf(pod.grpcServerContainer.resources), amountsOf(pod.workerContainer.resources)],
        [amountsOf(pod.initContainer.resources)],
      ),
    };
  });
