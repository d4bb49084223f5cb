import { type Problem, removeCommand, setCommand } from "../problems";
import type { Rule } from "./rule";

const hasRange = (hosts: readonly string[]): boolean =>
  hosts.some((host) => /^[\da-fA-F.:]+\/\d+$/.test(host));

/** Server and drain ask the gateway by the addresses of its pods, which no name of the cluster covers. */
const gatewayThroughProxy: Rule = ({ proxy, vcsGateway, target }, _, aks) => {
  const isNew = target === "aks" && aks?.cluster.kind !== "existing";
  if (!proxy || !vcsGateway || isNew || hasRange(proxy.noProxy)) return [];
  return [
    {
      key: "proxy.noProxy",
      problem:
        "must hold the range of the cluster's pods: server and drain ask the VCS gateway at the addresses of its pods, and the proxy cannot reach them",
      fix: `${setCommand("proxy.noProxy", [...proxy.noProxy, "10.244.0.0/16"])}, with the range of this cluster: \`kubectl get nodes -o jsonpath='{.items[*].spec.podCIDR}'\`, or what its network plugin says`,
    },
  ];
};

const peers: Rule = ({ networkPeers, networkPolicies, vcsGateway, workers, mqtt, ingress, target }) => {
  if (!networkPeers) return [];
  const installs = ingress?.mode === undefined ? target === "aks" : ingress.mode !== "existing";
  const reasons = {
    server:
      ingress !== undefined && !installs && ingress.namespace === undefined
        ? "without `ingress.namespace`, everybody is let in"
        : undefined,
    broker:
      mqtt !== undefined && mqtt.serviceType !== "ClusterIP"
        ? `with \`mqtt.serviceType: ${mqtt.serviceType}\`, everybody is let in`
        : undefined,
    vcsGateway: vcsGateway ? undefined : "there is no VCS gateway without `vcsGateway.domain`",
    monitoring: undefined,
    runs: workers?.enabled === false ? "`workers.enabled` is false" : undefined,
  };
  return Object.entries(reasons).flatMap(([name, reason]): Problem[] => {
    if (networkPeers[name as keyof typeof reasons].length === 0) return [];
    const why = networkPolicies === false ? "`networkPolicies` is false" : reason;
    const key = `networkPeers.${name}`;
    return why === undefined ? [] : [{ key, problem: `has no use: ${why}`, fix: removeCommand(key) }];
  });
};

export const networkRules: readonly Rule[] = [gatewayThroughProxy, peers];
