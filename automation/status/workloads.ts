import { type ServiceName, podSelector, serviceNames } from "../../components/spacelift/values";
import { type ClusterReader, type Deployment, type Pod, releaseName } from "./cluster-reader";
import type { PodStatus, WorkloadStatus } from "./report";

/** Reads the Deployments of Spacelift and their pods. */
export async function readWorkloads(reader: ClusterReader): Promise<readonly WorkloadStatus[]> {
  const [deployments, pods] = await Promise.all([reader.deployments(), reader.pods()]);
  return deployments.map((deployment) =>
    workload(
      deployment,
      pods.filter((pod) => belongs(pod, deployment)),
    ),
  );
}

/** The service that a Deployment runs, by what it selects. */
export function serviceOf({ spec }: Deployment): ServiceName | undefined {
  const { matchLabels } = spec.selector;
  return serviceNames.find((service) =>
    Object.entries(podSelector(service, releaseName)).every(([key, value]) => matchLabels[key] === value),
  );
}

/** Whether a pod belongs to a Deployment. */
export function belongs({ metadata }: Pod, { spec }: Deployment): boolean {
  const selector = Object.entries(spec.selector.matchLabels);
  return selector.length > 0 && selector.every(([key, value]) => metadata.labels[key] === value);
}

function workload(deployment: Deployment, pods: readonly Pod[]): WorkloadStatus {
  const { metadata, spec, status } = deployment;
  const service = serviceOf(deployment);
  const statuses = pods.map(podStatus);
  const failure = status?.conditions.find(
    ({ type, status: value }) =>
      (type === "ReplicaFailure" && value === "True") || (type === "Progressing" && value === "False"),
  );
  return {
    ...(service !== undefined && { service }),
    name: metadata.name,
    // The API server writes 1 when nothing is said.
    desired: spec.replicas ?? 1,
    ready: status?.readyReplicas ?? 0,
    updated: status?.updatedReplicas ?? 0,
    image: spec.template.spec.containers[0]?.image ?? "",
    restarts: statuses.reduce((sum, { restarts }) => sum + restarts, 0),
    pods: statuses,
    ...(failure && { problem: `${failure.reason ?? failure.type}: ${failure.message ?? ""}` }),
  };
}

/** How a pod is. */
export function podStatus({ metadata, spec, status }: Pod): PodStatus {
  const containers = status.containerStatuses;
  const problem = podProblem(status, metadata.deletionTimestamp !== undefined);
  const last = containers.find(({ lastState }) => lastState?.terminated)?.lastState?.terminated;
  return {
    name: metadata.name,
    phase: metadata.deletionTimestamp === undefined ? (status.phase ?? "Unknown") : "Terminating",
    ready: status.conditions.some(({ type, status: value }) => type === "Ready" && value === "True"),
    restarts: containers.reduce((sum, { restartCount }) => sum + restartCount, 0),
    image: spec.containers[0]?.image ?? "",
    ...(spec.nodeName !== undefined && { node: spec.nodeName }),
    ...(status.startTime !== undefined && { startedAt: status.startTime }),
    ...(problem !== undefined && { problem }),
    ...(last && { lastExit: `${last.reason ?? "ended"}, exit code ${last.exitCode}` }),
  };
}

function podProblem(status: Pod["status"], isTerminating: boolean): string | undefined {
  if (isTerminating) return undefined;
  for (const { name, state } of [...status.initContainerStatuses, ...status.containerStatuses]) {
    const { reason, message } = state?.waiting ?? {};
    // These two are what every pod goes through.
    if (reason !== undefined && reason !== "ContainerCreating" && reason !== "PodInitializing") {
      return message === undefined ? reason : `${reason}: ${message}`;
    }
    const ended = state?.terminated;
    if (ended && ended.exitCode !== 0)
      return `${ended.reason ?? "Error"}: ${name} ended with code ${ended.exitCode}`;
  }
  const unscheduled = status.conditions.find(
    ({ type, status: value }) => type === "PodScheduled" && value === "False",
  );
  if (unscheduled) return `${unscheduled.reason ?? "Unschedulable"}: ${unscheduled.message ?? ""}`;
  if (status.phase === "Failed") return `${status.reason ?? "Failed"}: ${status.message ?? ""}`;
  return undefined;
}
