import { failed, type Finding, passed, warning } from "../../check";
import type { Amounts, PodDemand } from "./demand";

const capacity = { id: "cluster.capacity", title: "Room for the pods" };
const GIBIBYTE = 2 ** 30;

/** A node that takes pods, and what it has left. */
export interface Place extends Amounts {
  readonly labels: Readonly<Record<string, string>>;
  /** Whether it has a taint that keeps pods away. */
  readonly isTainted: boolean;
}

const describe = ({ cpu, memory }: Amounts): string =>
  `${Number(cpu.toFixed(2))} CPUs and ${Number((memory / GIBIBYTE).toFixed(1))} GiB`;

/** Whether every kind of pod has a node that takes it, and all together have room. */
export function capacityFinding(demands: readonly PodDemand[], places: readonly Place[]): Finding {
  const wanted = demands.filter(({ replicas }) => replicas > 0);
  for (const demand of wanted) {
    const open = places.filter((place) => accepts(place, demand));
    if (open.length === 0) {
      const selector = Object.entries(demand.nodeSelector).map(([key, value]) => `${key}=${value}`);
      const reason =
        selector.length === 0
          ? "every node has a taint that it does not tolerate"
          : `no node that takes pods has the labels ${selector.join(",")}`;
      return failed(capacity, `there is no node for ${demand.what}: ${reason}`, placement(demand));
    }
    if (!open.some((place) => place.cpu >= demand.cpu && place.memory >= demand.memory)) {
      return warning(
        capacity,
        `no node has ${describe(demand)} left for one ${demand.what}`,
        "add larger nodes, or lower the requests in `services` and `workers.pools`; an autoscaler may do the first by itself",
      );
    }
  }
  const total = wanted.reduce(
    (sum, { cpu, memory, replicas }) => ({
      cpu: sum.cpu + cpu * replicas,
      memory: sum.memory + memory * replicas,
    }),
    { cpu: 0, memory: 0 },
  );
  const left = places.reduce(
    (sum, { cpu, memory }) => ({ cpu: sum.cpu + cpu, memory: sum.memory + memory }),
    { cpu: 0, memory: 0 },
  );
  const said = `the pods request ${describe(total)}, and the nodes have ${describe(left)} left`;
  if (total.cpu <= left.cpu && total.memory <= left.memory) return passed(capacity, said);
  const fix =
    "add nodes, or lower `services.*.replicas` and the requests; an autoscaler may do the first by itself";
  return warning(capacity, said, fix);
}

const accepts = ({ labels, isTainted }: Place, { nodeSelector, isTolerant }: PodDemand): boolean =>
  (!isTainted || isTolerant) && Object.entries(nodeSelector).every(([key, value]) => labels[key] === value);

const placement = ({ what }: PodDemand): string =>
  what.startsWith("worker")
    ? "set `pod.nodeSelector` and `pod.tolerations` in the `spec` of that pool, or label and untaint nodes"
    : `set \`services.${what}.nodeSelector\` and \`services.${what}.tolerations\`, or label and untaint nodes`;
