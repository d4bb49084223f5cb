import { z } from "zod";
import { recurringWork } from "../../../../config/versions";
import { setCommand } from "../../../../config/problems";
import { isKubeError } from "../../../../kubernetes/kube-error";
import { conditionsSchema, metadataSchema } from "../../../../kubernetes/metadata";
import { quantity } from "../../../../kubernetes/quantity";
import { failed, type Finding, passed, warning } from "../../check";
import type { Aspect, ClusterView } from "./aspect";
import { type Place, capacityFinding } from "./capacity";
import { type Amounts, amountsOf, podAmounts, podDemands } from "./demand";
import { minorOf } from "./version";

const name = { id: "cluster.nodes", title: "Nodes" };
const MOST_SKEW = 3;

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

/** Whether there are nodes that run the images, and whether the pods fit. What an autoscaler may add is unknown. */
export const nodesAspect: Aspect = { ...name, look };

async function look(view: ClusterView): Promise<readonly Finding[]> {
  const { client, signal } = view;
  const nodes = await client.list("/api/v1/nodes", nodeSchema, { signal });
  const fit = nodes.filter(({ status }) => {
    const { architecture, operatingSystem } = status.nodeInfo;
    return architecture === "amd64" && operatingSystem === "linux";
  });
  const platforms = [
    ...new Set(
      nodes.map(({ status: { nodeInfo } }) => `${nodeInfo.operatingSystem}/${nodeInfo.architecture}`),
    ),
  ].join(", ");
  if (fit.length === 0) {
    const found = nodes.length === 0 ? "the cluster has no nodes" : `the nodes are ${platforms}`;
    return [failed(name, `${found}, and Spacelift's images are linux/amd64`, "add linux/amd64 nodes")];
  }
  const usable = fit.filter(isUsable);
  if (usable.length === 0) {
    const fix = "see `kubectl get nodes` and `kubectl describe nodes`";
    return [failed(name, `none of the ${fit.length} linux/amd64 nodes is ready and takes pods`, fix)];
  }
  const places = await placesOf(view, usable);
  return [
    mixFinding(view, nodes.length - fit.length, platforms) ??
      skewFinding(nodes) ??
      passed(name, `${usable.length} of ${nodes.length} nodes are linux/amd64, ready and take pods`),
    capacityFinding(podDemands(view.settings), places),
  ];
}

const isUsable = ({ spec, status }: Node): boolean =>
  spec?.unschedulable !== true &&
  status.conditions.some(({ type, status: value }) => type === "Ready" && value === "True");

/** Pods choose a node by its architecture only when they are told to. */
function mixFinding({ settings }: ClusterView, others: number, platforms: string): Finding | undefined {
  if (others === 0) return undefined;
  const { services, version, charts } = settings;
  const hasScheduler = recurringWork(version, charts.spacelift.version) === "scheduler";
  const further = hasScheduler ? (["drain", "scheduler"] as const) : (["drain"] as const);
  if ((["server", ...further] as const).every((name) => "kubernetes.io/arch" in services[name].nodeSelector))
    return undefined;
  return warning(
    name,
    `${others} nodes cannot run Spacelift's images (${platforms}), and pods may be placed there`,
    `${setCommand('services.server.nodeSelector["kubernetes.io/arch"]', "amd64")}, the same for ${further.join(" and ")}, or taint those nodes`,
  );
}

function skewFinding(nodes: readonly Node[]): Finding | undefined {
  const minors = nodes.map(({ status }) => minorOf(status.nodeInfo.kubeletVersion) ?? 0);
  const [oldest, newest] = [Math.min(...minors), Math.max(...minors)];
  if (newest - oldest <= MOST_SKEW) return undefined;
  return warning(
    name,
    `the nodes run Kubernetes 1.${oldest} to 1.${newest}, more than ${MOST_SKEW} minor versions apart`,
    "upgrade the older nodes: Kubernetes supports no more",
  );
}

async function placesOf(view: ClusterView, nodes: readonly Node[]): Promise<readonly Place[]> {
  const used = await usage(view);
  return nodes.map(({ metadata, spec, status }) => {
    const taken = used.get(metadata.name) ?? { cpu: 0, memory: 0 };
    return {
      labels: metadata.labels,
      isTainted: (spec?.taints ?? []).some(({ effect }) => effect !== "PreferNoSchedule"),
      cpu: (quantity(status.allocatable?.cpu ?? "") ?? 0) - taken.cpu,
      memory: (quantity(status.allocatable?.memory ?? "") ?? 0) - taken.memory,
    };
  });
}

/** What pods request by node, without this installation's own: an upgrade replaces them. */
async function usage(view: ClusterView): Promise<ReadonlyMap<string, Amounts>> {
  const { client, layout, settings, signal } = view;
  const own = [layout.spacelift.namespace, ...(settings.workers.enabled ? [settings.workers.namespace] : [])];
  const used = new Map<string, Amounts>();
  try {
    const pods = await client.list("/api/v1/pods", podSchema, {
      signal,
      fieldSelector: "status.phase!=Succeeded,status.phase!=Failed",
    });
    for (const { metadata, spec } of pods) {
      if (spec.nodeName === undefined || own.includes(metadata.namespace ?? "")) continue;
      const before = used.get(spec.nodeName) ?? { cpu: 0, memory: 0 };
      const more = podAmounts(
        spec.containers.map(({ resources }) => amountsOf(resources)),
        (spec.initContainers ?? []).map(({ resources }) => amountsOf(resources)),
      );
      used.set(spec.nodeName, { cpu: before.cpu + more.cpu, memory: before.memory + more.memory });
    }
  } catch (error) {
    // Whoever may not see the pods of others compares with empty nodes.
    if (!isKubeError(error, "forbidden")) throw error;
  }
  return used;
}
