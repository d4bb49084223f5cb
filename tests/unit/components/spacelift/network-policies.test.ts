import assert from "node:assert/strict";
import { spaceliftPolicies, workerPolicies } from "../../../../components/spacelift/network-policies";

// Who reaches whom is asserted in tests/unit/program/reachability.test.ts. Here is what the objects look like.
describe("network policies", () => {
  const options = {
    releaseName: "spacelift",
    externalWorkers: false,
    vcsGateway: false,
    acmeChallenges: false,
  };
  const namespaces = (...names: string[]): object => ({
    from: names.map((name) => ({
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
    })),
  });

  it("are one for each kind of pods, with a rule for each port", () => {
    const workers = { namespace: "runs", controllerNamespace: "operators" };
    const server = spaceliftPolicies({ ...options, ingressNamespace: "traefik", workers })[1];
    assert.deepEqual(server, {
      kind: "NetworkPolicy",
      name: "server",
      spec: {
        podSelector: {
          matchLabels: {
            "app.kubernetes.io/name": "spacelift-self-hosted",
            "app.kubernetes.io/instance": "spacelift",
          },
        },
        policyTypes: ["Ingress"],
        ingress: [
          { ...namespaces("traefik"), ports: [{ protocol: "TCP", port: 1983 }] },
          { ...namespaces("operators", "runs"), ports: [{ protocol: "TCP", port: 1984 }] },
        ],
      },
    });
  });

  it("are made for what there is", () => {
    const names = (more: object): string[] =>
      spaceliftPolicies({ ...options, ...more }).map(({ name }) => name);
    assert.deepEqual(names({}), ["default-deny-ingress", "server"]);
    assert.deepEqual(
      names({
        vcsGateway: true,
        acmeChallenges: true,
        peers: { monitoring: [{ namespace: "monitoring" }] },
      }),
      ["default-deny-ingress", "server", "vcs-gateway", "acme-challenges", "monitoring"],
    );
  });

  it("are of Cilium's kind for its entities, which the standard kind does not know", () => {
    const [, , entities] = spaceliftPolicies({ ...options, peers: { server: [{ entity: "ingress" }] } });
    assert.equal(entities?.kind, "CiliumNetworkPolicy");
    assert.deepEqual(entities.spec, {
      endpointSelector: {
        matchLabels: {
          "app.kubernetes.io/name": "spacelift-self-hosted",
          "app.kubernetes.io/instance": "spacelift",
        },
      },
      ingress: [{ fromEntities: ["ingress"], toPorts: [{ ports: [{ port: "1983", protocol: "TCP" }] }] }],
    });
    assert.deepEqual(workerPolicies(["kube-apiserver"]).at(-1), {
      kind: "CiliumNetworkPolicy",
      name: "reachable-entities",
      spec: { endpointSelector: {}, egress: [{ toEntities: ["kube-apiserver"] }] },
    });
  });
});
