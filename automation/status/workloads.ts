import { type ServiceName, podSelector, serviceNames } from "../../components/spacelift/values";
import { belongs, type Pod, podStatus } from "../../kubernetes/pods";
import { type ClusterReader, type Deployment, releaseName } from "./cluster-reader";
import type { WorkloadStatus } from "./report";

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
