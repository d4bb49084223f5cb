import { z } from "zod";
import { recurringWork } from "../../config/versions";
import { setCommand } from "../../config/problems";
import { isKubeError } from "../../kubernetes/kube-error";
import { conditionsSchema, metadataSchema, quantity } from "../../kubernetes/values";
import { type Finding, finding } from "../check";
import { ClusterCheck, type ClusterView } from "./check";
import { minorOf } from "./connection";
import { type Amounts, amountsOf, nothing, plus, podAmounts, type PodDemand, podDemands } from "./demand";

/** Whether there are nodes that run the images, and whether the pods fit. What an autoscaler may add is unknown. */
export const nodesCheck = new ClusterCheck("cluster.nodes", "Nodes", checkNodes);

const capacityCheck = finding("cluster.capacity", "Room for the pods");

const MOST_SKEW = 3;
const GIBIBYTE = 2 ** 30;

const nodeSchema = z.object({
  metadata: metadataSchema,
  spec: z
    .object({
      unschedulable: z.boolean().optional(),
      taints: z.array(z.object({ effect: z.string() })).nullish(),
    })
    .nullish(),
  status: z.object({
    allocatable: z.object({ cpu: z.string(), memory: z.string() }).partial().nullish(),
    conditions: conditionsSchema,
    nodeInfo: z.object({
      architecture: z.string(),
      operatingSystem: z.string(),
      kubeletVersion: z.string(),
    }),
  }),
});
const containerSchema = z.object({
  resources: z
    .object({ requests: z.object({ cpu: z.string(), memory: z.string() }).partial().optional() })
    .optional(),
});
const podSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({
    nodeName: z.string().optional(),
    containers: z.array(containerSchema),
    initContainers: z.array(containerSchema).nullish(),
  }),
});
type Node = z.output<typeof nodeSchema>;

async function checkNodes(view: ClusterView): Promise<readonly Finding[]> {
  const { client, signal } = view;
  const nodes = await client.list("/api/v1/nodes", nodeSchema, { signal });
  const fit = nodes.filter((node) => platformOf(node) === "linux/amd64");
  const platforms = [...new Set(nodes.map(platformOf))].join(", ");
  if (fit.length === 0) {
    const found = nodes.length === 0 ? "the cluster has no nodes" : `the nodes are ${platforms}`;
    const reason = `${found}, and Spacelift's images are linux/amd64`;
    return [nodesCheck.failed(reason, "add linux/amd64 nodes")];
  }
  const usable = fit.filter(isUsable);
  if (usable.length === 0) {
    const fix = "see `kubectl get nodes` and `kubectl describe nodes`";
    return [nodesCheck.failed(`none of the ${fit.length} linux/amd64 nodes is ready and takes pods`, fix)];
  }
  return [
    mixFinding(view, nodes.length - fit.length, platforms) ??
      skewFinding(nodes) ??
      nodesCheck.passed(`${usable.length} of ${nodes.length} nodes are linux/amd64, ready and take pods`),
    capacityFinding(podDemands(view.settings), await freeNodes(view, usable)),
  ];
}

const platformOf = ({ status: { nodeInfo } }: Node): string =>
  `${nodeInfo.operatingSystem}/${nodeInfo.architecture}`;

const isUsable = ({ spec, status }: Node): boolean =>
  spec?.unschedulable !== true &&
  status.conditions.some(({ type, status: value }) => type === "Ready" && value === "True");

/** Pods choose a node by its architecture only when they are told to. */
function mixFinding({ settings }: ClusterView, others: number, platforms: string): Finding | undefined {
  const { services, version, charts } = settings;
  const hasScheduler = recurringWork(version, charts.spacelift.version) === "scheduler";
  const further = hasScheduler ? (["drain", "scheduler"] as const) : (["drain"] as const);
  const choose = (["server", ...further] as const).every(
    (name) => "kubernetes.io/arch" in services[name].nodeSelector,
  );
  if (others === 0 || choose) return undefined;
  return nodesCheck.warning(
    `${others} nodes cannot run Spacelift's images (${platforms}), and pods may be placed there`,
    `${setCommand('services.server.nodeSelector["kubernetes.io/arch"]', "amd64")}, the same for ${further.join(" and ")}, or taint those nodes`,
  );
}

function skewFinding(nodes: readonly Node[]): Finding | undefined {
  const minors = nodes.map(({ status }) => minorOf(status.nodeInfo.kubeletVersion) ?? 0);
  const [oldest, newest] = [Math.min(...minors), Math.max(...minors)];
  if (newest - oldest <= MOST_SKEW) return undefined;
  return nodesCheck.warning(
    `the nodes run Kubernetes 1.${oldest} to 1.${newest}, more than ${MOST_SKEW} minor versions apart`,
    "upgrade the older nodes: Kubernetes supports no more",
  );
}

/** A node that takes pods, and what is free on it. */
interface FreeNode extends Amounts {
  readonly labels: Readonly<Record<string, string>>;
  /** Whether it has a taint that keeps pods away. */
  readonly isTainted: boolean;
}

async function freeNodes(view: ClusterView, nodes: readonly Node[]): Promise<readonly FreeNode[]> {
  const used = await usage(view);
  return nodes.map(({ metadata, spec, status }) => {
    const { cpu, memory } = used.get(metadata.name) ?? nothing;
    return {
      labels: metadata.labels,
      isTainted: (spec?.taints ?? []).some(({ effect }) => effect !== "PreferNoSchedule"),
      cpu: (quantity(status.allocatable?.cpu ?? "") ?? 0) - cpu,
      memory: (quantity(status.allocatable?.memory ?? "") ?? 0) - memory,
    };
  });
}

/** What pods request by node, without this installation's own: an upgrade replaces them. */
async function usage({
  client,
  layout,
  settings,
  signal,
}: ClusterView): Promise<ReadonlyMap<string, Amounts>> {
  const own = [layout.spacelift.namespace, ...(settings.workers.enabled ? [settings.workers.namespace] : [])];
  const used = new Map<string, Amounts>();
  try {
    const pods = await client.list("/api/v1/pods", podSchema, {
      signal,
      fieldSelector: "status.phase!=Succeeded,status.phase!=Failed",
    });
    for (const { metadata, spec } of pods) {
      if (spec.nodeName === undefined || own.includes(metadata.namespace ?? "")) continue;
      const requested = podAmounts(
        spec.containers.map(({ resources }) => amountsOf(resources)),
        (spec.initContainers ?? []).map(({ resources }) => amountsOf(resources)),
      );
      used.set(spec.nodeName, plus(used.get(spec.nodeName) ?? nothing, requested));
    }
  } catch (error) {
    // Whoever may not see the pods of others compares with empty nodes.
    if (!isKubeError(error, "forbidden")) throw error;
  }
  return used;
}

/** Whether every kind of pod has a node that takes it, and all together have room. */
function capacityFinding(demands: readonly PodDemand[], nodes: readonly FreeNode[]): Finding {
  const wanted = demands.filter(({ replicas }) => replicas > 0);
  for (const demand of wanted) {
    const open = nodes.filter((node) => accepts(node, demand));
    if (open.length === 0) {
      const selector = Object.entries(demand.nodeSelector).map(([key, value]) => `${key}=${value}`);
      const why =
        selector.length === 0
          ? "every node has a taint that it does not tolerate"
          : `no node that takes pods has the labels ${selector.join(",")}`;
      return capacityCheck.failed(`there is no node for ${demand.what}: ${why}`, placementFix(demand));
    }
    if (!open.some((node) => node.cpu >= demand.cpu && node.memory >= demand.memory)) {
      return capacityCheck.warning(
        `no node has ${describe(demand)} left for one ${demand.what}`,
        "add larger nodes, or lower the requests in `services` and `workers.pools`; an autoscaler may do the first by itself",
      );
    }
  }
  const total = wanted
    .map(({ cpu, memory, replicas }) => ({ cpu: cpu * replicas, memory: memory * replicas }))
    .reduce(plus, nothing);
  const free = nodes.reduce<Amounts>(plus, nothing);
  const found = `the pods request ${describe(total)}, and the nodes have ${describe(free)} left`;
  return total.cpu <= free.cpu && total.memory <= free.memory
    ? capacityCheck.passed(found)
    : capacityCheck.warning(
        found,
        "add nodes, or lower `services.*.replicas` and the requests; an autoscaler may do the first by itself",
      );
}

const describe = ({ cpu, memory }: Amounts): string =>
  `${Number(cpu.toFixed(2))} CPUs and ${Number((memory / GIBIBYTE).toFixed(1))} GiB`;

const accepts = ({ labels, isTainted }: FreeNode, { nodeSelector, isTolerant }: PodDemand): boolean =>
  (!isTainted || isTolerant) && Object.entries(nodeSelector).every(([key, value]) => labels[key] === value);

const placementFix = ({ what }: PodDemand): string =>
  what.startsWith("worker")
    ? "set `pod.nodeSelector` and `pod.tolerations` in the `spec` of that pool, or label and untaint nodes"
    : `set \`services.${what}.nodeSelector\` and \`services.${what}.tolerations\`, or label and untaint nodes`;
