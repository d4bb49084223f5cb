import { podSelector, type ServiceName, serviceNames } from "../../components/spacelift/values";
import { belongs, type Pod, podStatus } from "../../kubernetes/pods";
import { type ClusterReader, type Deployment, releaseName } from "./cluster-reader";
import type { MigrationStatus, WorkloadStatus } from "./report";

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

/** Tells from the server's pods how far the migrations of the newest release are. */
export async function readMigrations(reader: ClusterReader): Promise<MigrationStatus> {
  const [deployments, pods] = await Promise.all([reader.deployments(), reader.pods()]);
  const server = deployments.find((deployment) => serviceOf(deployment) === "server");
  if (!server) return { state: "unknown", reason: "there is no server, and servers migrate the database" };
  const image = server.spec.template.spec.containers[0]?.image ?? "";
  const current = pods.filter((pod) => belongs(pod, server) && pod.spec.containers[0]?.image === image);
  return { image, ...stateOf(current) };
}

function stateOf(pods: readonly Pod[]): Omit<MigrationStatus, "image"> {
  const statuses = pods.map(podStatus);
  if (statuses.some(({ ready }) => ready)) {
    return { state: "finished", reason: "a server of this image is ready, which it is only after migrating" };
  }
  const restarted = statuses.find(({ restarts }) => restarts > 0);
  if (restarted) {
    const how = restarted.lastExit ?? restarted.problem ?? "for a reason it does not tell";
    return {
      state: "failing",
      reason: `${restarted.name} ended ${restarted.restarts} times before it was ready (${how})`,
    };
  }
  const isStarting = pods.some(({ status }) =>
    status.containerStatuses.some(({ state }) => state !== null && state !== undefined && !state.waiting),
  );
  return isStarting
    ? { state: "running", reason: "a server of this image has started and is not ready yet" }
    : { state: "unknown", reason: "no server of this image has started" };
}
