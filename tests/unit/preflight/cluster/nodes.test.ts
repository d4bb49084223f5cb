import assert from "node:assert/strict";
import { withCluster } from "../../../support/kube-api/cluster-look";
import type { Manifest } from "../../../../rehearsal/twins/kubernetes/api/manifest";
import { node } from "../../../support/kube-api/objects";
import { assertBad } from "../../../support/peers/look";

describe("preflight: nodes of the cluster", () => {
  const { api, found } = withCluster();
  beforeEach(() => {
    for (const name of ["one", "two", "three"]) api.store.remove("Node", name);
  });

  it("must run the images", async () => {
    assertBad(await found("nodes"), "failed", /the cluster has no nodes/);
    api.store.put(node("arm", { architecture: "arm64" }));
    assertBad(await found("nodes"), "failed", /the nodes are linux\/arm64/);
    api.store.put(node("intel", { cpu: "32", memory: "64Gi" }));
    assertBad(
      await found("nodes"),
      "warning",
      /1 nodes cannot run .*linux\/arm64/,
      /services\.server\.nodeSelector/,
    );
    const nodeSelector = { "kubernetes.io/arch": "amd64" };
    const services = { server: { nodeSelector }, drain: { nodeSelector }, scheduler: { nodeSelector } };
    assert.equal((await found("nodes", { services })).status, "passed");
    const both = { server: { nodeSelector }, drain: { nodeSelector } };
    assertBad(await found("nodes", { services: both }), "warning", /1 nodes/, /drain and scheduler/);
    // From this release on the drain does the scheduler's work.
    assert.equal((await found("nodes", { services: both, version: "v6.4.0" })).status, "passed");
  });

  it("must be ready, and not too far apart", async () => {
    api.store.put(node("one", { ready: false }), { ...node("two"), spec: { unschedulable: true } });
    assertBad(await found("nodes"), "failed", /none of the 2 linux\/amd64 nodes is ready/);
    api.store.put(node("one", { kubeletVersion: "v1.30.1" }));
    assertBad(await found("nodes"), "warning", /1\.30 to 1\.34, more than 3/);
  });

  it("must have room for all pods, and for each", async () => {
    api.store.put(node("one", { cpu: "4", memory: "8Gi" }));
    const changes = { workers: { pools: [{ name: "default", size: 1 }] } };
    assertBad(
      await found("capacity", changes),
      "warning",
      /request 5\.3 CPUs and 8\.7 GiB, and the nodes have 4 CPUs and 8 GiB left/,
      /add nodes/,
    );
    api.store.put(
      node("one", { cpu: "1500m" }),
      node("two", { cpu: "1500m" }),
      node("three", { cpu: "9", memory: "1Gi" }),
    );
    assertBad(
      await found("capacity", changes),
      "warning",
      /no node has 2 CPUs and 2 GiB left for one worker of pool default/,
    );
    api.store.put(node("one"));
    assert.equal((await found("capacity", changes)).status, "passed");
  });

  it("lose what the pods of others request, not what its own do", async () => {
    api.store.put(node("one", { cpu: "5" }));
    const pod = (place: string, phase = "Running"): Manifest => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: `pod-${phase}`, namespace: place },
      spec: {
        nodeName: "one",
        containers: [{ resources: { requests: { cpu: "500m" } } }, {}],
        initContainers: [{ resources: { requests: { cpu: "3", memory: "1Gi" } } }],
      },
      status: { phase },
    });
    api.store.put(pod("spacelift"), pod("spacelift-workers"), pod("shop", "Succeeded"));
    assert.match((await found("capacity")).reason, /have 5 CPUs and 32 GiB left/);
    api.store.put(pod("shop"));
    const finding = await found("capacity");
    assertBad(finding, "warning", /have 2 CPUs and 31 GiB left/);
    api.allows = ({ verb, resource }) => !(verb === "list" && resource === "pods") && verb !== "*";
    assert.match((await found("capacity")).reason, /have 5 CPUs/);
  });

  it("must take the pods, by labels and taints", async () => {
    api.store.put(
      node("one", { taints: [{ key: "dedicated", effect: "NoSchedule" }], labels: { zone: "a" } }),
    );
    assertBad(
      await found("capacity"),
      "failed",
      /no node for server: every node has a taint/,
      /services\.server\.tolerations/,
    );
    api.store.put(node("two", { taints: [{ key: "spot", effect: "PreferNoSchedule" }] }));
    assert.equal((await found("capacity")).status, "passed");
    const drain = { nodeSelector: { zone: "a" }, tolerations: [{ operator: "Exists" }] };
    assert.equal((await found("capacity", { services: { drain } })).status, "passed");
    const lost = { services: { drain: { nodeSelector: { zone: "b" } } } };
    assertBad(await found("capacity", lost), "failed", /no node for drain: .*labels zone=b/);
  });
});
