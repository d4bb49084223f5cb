import assert from "node:assert/strict";
import { withCluster } from "../../../support/kube-api/cluster-look";
import { tokens } from "../../../support/kube-api/kube-api";
import { definition, ingressClass, namespace, secret } from "../../../support/kube-api/objects";

describe("preflight: cluster", () => {
  const { api, lookAt } = withCluster();
  const certManager = { release: "cert-manager", place: "cert-manager" };

  it("finds nothing wrong with an empty cluster", async () => {
    const { results, summary } = await lookAt();
    assert.deepEqual(
      results.filter(({ status }) => status !== "passed" && status !== "skipped"),
      [],
    );
    assert.deepEqual(summary, [
      "cluster.reachable passed",
      "cluster.login passed",
      "cluster.version passed",
      "cluster.rights passed",
      "cluster.namespaces passed",
      "cluster.ingress-class passed",
      "cluster.cert-manager passed",
      "cluster.tls-secrets skipped",
      "cluster.worker-kinds passed",
      "cluster.nodes passed",
      "cluster.capacity passed",
      "cluster.storage-class skipped",
    ]);
  });

  it("finds nothing wrong with its own installation", async () => {
    const names = [
      "spacelift",
      "traefik",
      "cert-manager",
      "spacelift-workers",
      "spacelift-worker-controller-system",
    ];
    const workers = {
      release: "spacelift-workerpool-controller",
      place: "spacelift-worker-controller-system",
    };
    api.store.put(
      ...names.map((name) => namespace(name)),
      ingressClass("traefik", "traefik.io/ingress-controller", { release: "traefik", place: "traefik" }),
      definition("certificates.cert-manager.io", certManager),
      definition("workerpools.workers.spacelift.io", workers),
      definition("workers.workers.spacelift.io", workers),
      secret("spacelift", "spacelift-shared", { DATABASE_URL: "planted" }),
    );
    const { results } = await lookAt({ ingress: { mode: "traefik", className: undefined } });
    assert.deepEqual(
      results.filter(({ status }) => status === "failed" || status === "warning"),
      [],
    );
  });

  it("changes nothing", async () => {
    api.allows = ({ verb, resource }) => verb !== "*" && resource !== "nodes";
    await lookAt({}, {}, tokens.limited);
    const written = new Set(api.requests.filter((request) => !request.startsWith("GET ")));
    assert.deepEqual([...written].sort(), [
      "POST /apis/authentication.k8s.io/v1/selfsubjectreviews",
      "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    ]);
  });
});
