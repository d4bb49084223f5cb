import { type Problem, removeCommand, setCommand } from "../../problems";
import { type Rule, aksRule, ingressMode, uselessKey } from "../../rules/rule";
import { formatAddress, isFree, parseAddress, parseRange } from "../cidr";
import { privateIngressAddress } from "../complete";
import { parentId } from "../formats";
import type { CompleteAks } from "../parts";

const prefix = "service.beta.kubernetes.io/azure-";

/** Annotations of the Service that follow from other settings. By hand, they would leave the rest as it was. */
const ownAnnotations: Readonly<Record<string, string>> = {
  "load-balancer-internal": setCommand("ingress.internal", true),
  "load-balancer-internal-subnet": "set `aks.network.ingressSubnetId` to the id of the subnet",
  "load-balancer-ipv4": `with \`ingress.internal: true\` ${setCommand("ingress.address", "10.30.3.254")}, otherwise set \`aks.network.publicIpId\` to the id of the address`,
  "pip-name": "set `aks.network.publicIpId` to the id of the address",
  "load-balancer-resource-group": "set `aks.network.publicIpId` to the id of the address",
};

const annotations = aksRule(({ settings }) =>
  Object.entries(ownAnnotations).flatMap(([name, instead]) => {
    const key = `${prefix}${name}`;
    if (settings.ingress?.serviceAnnotations[key] === undefined) return [];
    return [
      {
        key: "ingress.serviceAnnotations",
        problem: `must not hold ${key}, which alone would leave addresses and DNS records as they are`,
        fix: `take it out, and ${instead}`,
      },
    ];
  }),
);

const address = aksRule(({ section, complete, settings }) => {
  const { ingress } = settings;
  if (!ingress || ingressMode(settings) === "existing") return [];
  if (ingress.internal) return privateAddress(complete, ingress.address);
  const makesRecords = complete.dnsZone !== undefined && section.dns.createRecords;
  return ingress.address !== undefined && makesRecords
    ? [
        {
          key: "ingress.address",
          problem: "contradicts `aks.dns.zoneId`, whose records lead to the address that is created",
          fix: `${removeCommand("ingress.address")}, or ${setCommand("aks.dns.createRecords", false)}`,
        },
      ]
    : [];
});

function privateAddress({ network }: CompleteAks, chosen: string | undefined): Problem[] {
  const key = "ingress.address";
  if (chosen === undefined) {
    return network.kind === "new"
      ? []
      : [
          {
            key,
            problem:
              "is missing: with `ingress.internal`, it is the address of the load balancer, free in its subnet",
            fix: setCommand(key, "10.0.0.200"),
          },
        ];
  }
  const number = parseAddress(chosen);
  if (number === undefined) {
    return [
      {
        key,
        problem: `must be an IPv4 address with \`ingress.internal\`, got "${chosen}"`,
        fix: network.kind === "new" ? removeCommand(key) : setCommand(key, "10.0.0.200"),
      },
    ];
  }
  if (network.kind === "existing") return [];
  const nodes = parseRange(network.nodeCidr);
  return nodes && !isFree(nodes, number)
    ? [
        {
          key,
          problem: `must lie in \`aks.network.nodeCidr\` (${network.nodeCidr}) between ${formatAddress(nodes.base + 4)} and ${privateIngressAddress(nodes)}, got "${chosen}"`,
          fix: removeCommand(key),
        },
      ]
    : [];
}

const subnet = aksRule(({ section, complete, settings }) => {
  const { ingressSubnetId, nodeSubnetId, publicIpId } = section.network;
  const key = "aks.network.ingressSubnetId";
  const internal = settings.ingress?.internal === true;
  const problems: Problem[] = [];
  if (internal && publicIpId !== undefined) {
    problems.push({
      key: "aks.network.publicIpId",
      problem: "contradicts `ingress.internal`, with which the load balancer has no public address",
      fix: `${removeCommand("aks.network.publicIpId")}, or ${removeCommand("ingress.internal")}`,
    });
  }
  if (ingressSubnetId === undefined) return problems;
  if (!internal)
    return [...problems, uselessKey(key, "only a load balancer with `ingress.internal` is in a subnet")];
  if (complete.network.kind === "new") {
    return [
      ...problems,
      uselessKey(key, "the network is created here, and the load balancer is with the nodes"),
    ];
  }
  return nodeSubnetId !== undefined &&
    parentId(nodeSubnetId).toLowerCase() !== parentId(ingressSubnetId).toLowerCase()
    ? [
        ...problems,
        {
          key,
          problem: "must be in the virtual network of `nodeSubnetId`",
          fix: `set it to the id of a subnet of that network, or ${removeCommand(key)}`,
        },
      ]
    : problems;
});

/** Rules of the load balancer's addresses and annotations on Azure. */
export const aksIngressRules: readonly Rule[] = [annotations, address, subnet];
