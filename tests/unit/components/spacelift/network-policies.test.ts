import assert from "node:assert/strict";
import { spaceliftPolicies, workerPolicies } from "../../../../components/spacelift/network-policies";

describe("network policies", () => {
  const options = {
    releaseName: "spacelift",
    externalWorkers: false,
    vcsGateway: false,
    acmeChallenges: false,
  };
  const rulesOf = (name: string, more: object): unknown =>
    spaceliftPolicies({ ...options, ...more }).find((policy) => policy.name === name)?.spec.ingress;
  const namespace = (name: string): object => ({
    from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } }],
  });

  it("lets in the ingress controller and the workers, each to its port", () => {
    assert.deepEqual(rulesOf("server", { ingressNamespace: "traefik", workerNamespace: "workers" }), [
      { ...namespace("traefik"), ports: [{ protocol: "TCP", port: 1983 }] },
      { ...namespace("workers"), ports: [{ protocol: "TCP", port: 1984 }] },
    ]);
  });

  it("opens the broker for workers outside the cluster", () => {
    assert.deepEqual(
      rulesOf("server", { ingressNamespace: "traefik", workerNamespace: "w", externalWorkers: true }),
      [
        { ...namespace("traefik"), ports: [{ protocol: "TCP", port: 1983 }] },
        { ports: [{ protocol: "TCP", port: 1984 }] },
      ],
    );
  });

  it("lets challenges and the gateway's callers in when there are any", () => {
    const names = (more: object): string[] =>
      spaceliftPolicies({ ...options, ...more }).map(({ name }) => name);
    assert.deepEqual(names({}), ["default-deny-ingress", "server"]);
    assert.deepEqual(names({ vcsGateway: true, acmeChallenges: true }), [
      "default-deny-ingress",
      "server",
      "vcs-gateway",
      "acme-challenges",
    ]);
  });

  it("keeps runs from the metadata endpoint", () => {
    const egress = workerPolicies().flatMap(({ spec }) => (spec.policyTypes === undefined ? [] : [spec]));
    assert.match(JSON.stringify(egress), /"except":\["169\.254\.0\.0\/16","168\.63\.129\.16\/32"\]/);
  });

  it("lets runs reach pods by what they are, which Cilium does not see in a range", () => {
    const peers = workerPolicies().flatMap(({ spec }) => JSON.stringify(spec));
    assert.ok(peers.some((spec) => spec.includes('{"namespaceSelector":{}}')));
  });
});
