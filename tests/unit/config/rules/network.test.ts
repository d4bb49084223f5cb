import assert from "node:assert/strict";
import { configuredAks } from "../../../support/azure-configurations";
import { configured } from "../../../support/configurations";
import { problemsOf, rejects, wrongFrom } from "../../../support/wrong-configurations";

const wrong = wrongFrom(configured);
const proxied = {
  version: "v4.0.0",
  proxy: { https: "http://proxy.example.com:3128", noProxy: ["minio.example.com"] },
  vcsGateway: { domain: "vcs.example.com" },
  ingress: { controller: "traefik" },
};
const peers = { networkPeers: { server: [{ namespace: "monitoring" }] } };
const remove = (key: string): string => `run \`pulumi config rm --path spacelift:${key}\``;

describe("rules of the proxy and of network policies", () => {
  rejects([
    wrong(
      "a proxy between the services and the VCS gateway's pods",
      proxied,
      '`spacelift:proxy.noProxy`: must hold the range of the cluster\'s pods: server and drain ask the VCS gateway at the addresses of its pods, and the proxy cannot reach them; set `noProxy: ["minio.example.com","10.244.0.0/16"]` there in the stack file, with the range of this cluster: `kubectl get nodes -o jsonpath=\'{.items[*].spec.podCIDR}\'`, or what its network plugin says',
    ),
    wrong(
      "peers without policies",
      { ...peers, networkPolicies: false, ingress: { namespace: "ingress" } },
      `\`spacelift:networkPeers.server\`: has no use: \`networkPolicies\` is false; ${remove("networkPeers.server")}`,
    ),
    wrong(
      "peers where everybody is let in",
      peers,
      `\`spacelift:networkPeers.server\`: has no use: without \`ingress.namespace\`, everybody is let in; ${remove("networkPeers.server")}`,
    ),
    wrong(
      "peers of a broker that is open",
      { networkPeers: { broker: [{ cidr: "192.0.2.0/24" }] }, mqtt: { serviceType: "NodePort" } },
      `\`spacelift:networkPeers.broker\`: has no use: with \`mqtt.serviceType: NodePort\`, everybody is let in; ${remove("networkPeers.broker")}`,
    ),
    wrong(
      "peers of a gateway that there is not",
      { networkPeers: { vcsGateway: [{ entity: "ingress" }] } },
      `\`spacelift:networkPeers.vcsGateway\`: has no use: there is no VCS gateway without \`vcsGateway.domain\`; ${remove("networkPeers.vcsGateway")}`,
    ),
    wrong(
      "entities for runs that there are not",
      { networkPeers: { runs: ["kube-apiserver"] }, workers: { enabled: false } },
      `\`spacelift:networkPeers.runs\`: has no use: \`workers.enabled\` is false; ${remove("networkPeers.runs")}`,
    ),
    wrong(
      "a peer that is two",
      { networkPeers: { monitoring: [{ namespace: "monitoring", cidr: "192.0.2.0/24" }] } },
      '`spacelift:networkPeers.monitoring[0]`: must have exactly one of namespace, cidr and entity, got {"namespace":"monitoring","cidr":"192.0.2.0/24"}; set `monitoring[0]: {"namespace":"monitoring"}` there in the stack file',
    ),
  ]);

  it("accepts a proxy with the range of the pods, and knows it of a cluster that is made", () => {
    const known = { ...proxied, proxy: { ...proxied.proxy, noProxy: ["10.42.0.0/16"] } };
    assert.deepEqual(problemsOf(configured(known)), []);
    assert.deepEqual(problemsOf(configuredAks({ ...proxied, ingress: {} })), []);
  });
});
