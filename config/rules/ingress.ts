import { type Range, formatAddress, includes, parseAddress, parseRange } from "../aks/cidr";
import { privateIngressAddress } from "../aks/complete";
import type { CompleteAks } from "../aks/parts";
import { parentId } from "../aks/formats";
import { type Problem, removeCommand, setCommand } from "../problems";
import { aksRule, type Rule, uselessKey } from "./rule";
import type { ReadableSettings } from "../settings";

/** The mode of the ingress controller, chosen or the target's default. */
const ingressMode = ({ ingress, target }: ReadableSettings): string =>
  ingress?.mode ?? (target === "aks" ? "traefik" : "existing");

const isSet = (value: unknown): boolean =>
  typeof value === "object" && value !== null
    ? Object.keys(value).length > 0
    : value !== undefined && value !== false;

const controller: Rule = (settings) => {
  const { ingress, target } = settings;
  if (!ingress || !target) return [];
  const problems: Problem[] = [];
  const mode = ingressMode(settings);
  if (mode !== "existing") {
    return ingress.controller === undefined
      ? []
      : [
          {
            key: "ingress.controller",
            problem: `contradicts \`ingress.mode: ${mode}\`, which says what the controller is`,
            fix: removeCommand("ingress.controller"),
          },
        ];
  }
  if (ingress.className === undefined) {
    problems.push({
      key: "ingress.className",
      problem: "is missing: with an existing controller, it says which one answers",
      fix: setCommand("ingress.className", "nginx"),
    });
  }
  const installedOnly = [
    "replicas",
    "serviceType",
    "serviceAnnotations",
    "externalTrafficPolicy",
    "allowedRanges",
    "internal",
    "helmValues",
  ] as const;
  const why = "the existing controller is not installed by this program";
  return [
    ...problems,
    ...(ingress.createNamespace ? [] : [uselessKey("ingress.createNamespace", why)]),
    ...installedOnly.filter((name) => isSet(ingress[name])).map((name) => uselessKey(`ingress.${name}`, why)),
  ];
};

const gateway: Rule = (settings) => {
  const { vcsGateway, ingress, domain } = settings;
  if (!vcsGateway) {
    return "vcsGateway" in settings && isSet(ingress?.vcsGatewayAnnotations)
      ? [uselessKey("ingress.vcsGatewayAnnotations", "there is no VCS gateway without `vcsGateway.domain`")]
      : [];
  }
  const problems: Problem[] = [];
  if (vcsGateway.domain === domain) {
    problems.push({
      key: "vcsGateway.domain",
      problem: "must be another host name than `domain`: gRPC and HTTP need an Ingress each",
      fix: setCommand("vcsGateway.domain", `vcs-gateway.${domain}`),
    });
  }
  if (
    ingress &&
    ingressMode(settings) === "existing" &&
    (ingress.controller ?? "other") === "other" &&
    !isSet(ingress.vcsGatewayAnnotations)
  ) {
    problems.push({
      key: "ingress.controller",
      problem: "is missing: the VCS gateway speaks gRPC, which every controller is told in its own way",
      fix: `${setCommand("ingress.controller", "ingress-nginx")} (or traefik), or say it in \`ingress.vcsGatewayAnnotations\``,
    });
  }
  return problems;
};

const broker: Rule = ({ mqtt }) =>
  mqtt?.domain !== undefined && mqtt.serviceType === "ClusterIP"
    ? [
        {
          key: "mqtt.serviceType",
          problem: "must not be ClusterIP when `mqtt.domain` tells workers outside the cluster to connect",
          fix: setCommand("mqtt.serviceType", "LoadBalancer"),
        },
      ]
    : [];

const service: Rule = (settings) => {
  const { ingress } = settings;
  if (!ingress || ingressMode(settings) === "existing") return [];
  const type = ingress.serviceType ?? "LoadBalancer";
  if (type === "LoadBalancer") return [];
  const why = `a Service of type ${type} has no load balancer`;
  return [
    ...(["allowedRanges", "internal"] as const)
      .filter((name) => isSet(ingress[name]))
      .map((name) => uselessKey(`ingress.${name}`, why)),
    ...(type === "ClusterIP" && isSet(ingress.externalTrafficPolicy)
      ? [
          uselessKey(
            "ingress.externalTrafficPolicy",
            "nothing from outside reaches a Service of type ClusterIP",
          ),
        ]
      : []),
  ];
};

const everybody: readonly string[] = ["0.0.0.0/0", "::/0"];

/** Let's Encrypt asks for an HTTP-01 challenge from addresses that it does not publish. A server of one's own may reach it. */
const challenge: Rule = (settings) => {
  const { ingress, tls, target } = settings;
  if (!ingress || tls?.mode !== "acme" || tls.challenge !== "http01" || tls.server !== undefined) return [];
  if (ingressMode(settings) === "existing") return [];
  const isRestricted =
    ingress.allowedRanges.length > 0 && !ingress.allowedRanges.some((range) => everybody.includes(range));
  const otherProof =
    target === "aks"
      ? `${setCommand("tls.challenge", "dns01")} and set \`aks.dns.zoneId\` to the id of your DNS zone`
      : "use `tls.mode` existingIssuer, ca or provided";
  const why = "Let's Encrypt, which proves the domain by HTTP-01 from addresses that nobody knows";
  return [
    ...(isRestricted
      ? [
          {
            key: "ingress.allowedRanges",
            problem: `keeps out ${why}`,
            fix: `${otherProof}, or ${removeCommand("ingress.allowedRanges")}`,
          },
        ]
      : []),
    ...(ingress.internal && target === "aks"
      ? [
          {
            key: "ingress.internal",
            problem: `keeps out ${why}`,
            fix: `${otherProof}, or ${removeCommand("ingress.internal")}`,
          },
        ]
      : []),
  ];
};

const onpremInternal: Rule = ({ target, ingress }) =>
  target === "onprem" &&
  ingress?.internal === true &&
  ingress.mode !== undefined &&
  ingress.mode !== "existing"
    ? [
        {
          key: "ingress.internal",
          problem: "has no use: on-prem, the load balancer is told by annotations of its own kind",
          fix: `${removeCommand("ingress.internal")}, and put the annotation into \`ingress.serviceAnnotations\``,
        },
      ]
    : [];

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

/** Azure keeps the first four addresses of a subnet and the last one. */
const isFree = (range: Range, address: number): boolean =>
  includes(range, address) && address > range.base + 3 && includes(range, address + 1);

const address = aksRule(({ section, complete, settings }) => {
  const { ingress } = settings;
  if (!ingress || ingressMode(settings) === "existing") return [];
  if (ingress.internal) return privateAddress(complete, ingress.address);
  const makesRecords = complete.dnsZone !== undefined && section.dns.createRecords;
  return ingress.address !== undefined && makesRecords
    ? [
        {
          key: "ingress.address",
          problem: "contradicts `aks.dns.zoneId`, whose records lead to the address that is made",
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
      uselessKey(key, "the network is made here, and the load balancer is with the nodes"),
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

/** Rules of the ingress controller, its Service, the VCS gateway and the broker. */
export const ingressRules: readonly Rule[] = [
  controller,
  gateway,
  broker,
  service,
  challenge,
  onpremInternal,
  annotations,
  address,
  subnet,
];
