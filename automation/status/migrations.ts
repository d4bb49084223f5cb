import { belongs, type Pod, podStatus } from "../../kubernetes/pods";
import type { ClusterReader } from "./cluster-reader";
import type { MigrationStatus } from "./report";
import { serviceOf } from "./workloads";

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
