import type { ApiClient } from "./api-client";

const region = "westeurope";

/** Names and zones of the nodes: two per zone, as a pool that has to outlive a zone. */
const nodes = ["1", "2", "3"].flatMap((zone) =>
  ["a", "b"].map((suffix) => ({ name: `node-${zone}${suffix}`, zone: `${region}-${zone}` })),
);

/** Adds nodes that kwok keeps alive, each with room for whatever a test schedules. */
export async function addNodes(api: ApiClient): Promise<void> {
  const room = { cpu: "64", memory: "256Gi", pods: "250", "ephemeral-storage": "1Ti" };
  for (const { name, zone } of nodes) {
    await api.must("POST", "/api/v1/nodes", {
      apiVersion: "v1",
      kind: "Node",
      metadata: {
        name,
        annotations: { "kwok.x-k8s.io/node": "fake" },
        labels: {
          "kubernetes.io/hostname": name,
          "kubernetes.io/os": "linux",
          "kubernetes.io/arch": "amd64",
          "topology.kubernetes.io/region": region,
          "topology.kubernetes.io/zone": zone,
        },
      },
      status: { capacity: room, allocatable: room },
    });
  }
}
