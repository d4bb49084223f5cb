import { aksRule, type Rule, uselessKey } from "./rule";
import { removeCommand, setCommand } from "../problems";

const type: Rule = ({ mqtt }) => {
  if (mqtt?.serviceType !== "ClusterIP") return [];
  const why = "a Service of type ClusterIP has no load balancer";
  return [
    ...(mqtt.domain === undefined
      ? []
      : [
          {
            key: "mqtt.serviceType",
            problem: "must not be ClusterIP when `mqtt.domain` tells workers outside the cluster to connect",
            fix: setCommand("mqtt.serviceType", "LoadBalancer"),
          },
        ]),
    ...(mqtt.address === undefined ? [] : [uselessKey("mqtt.address", why)]),
  ];
};

const name: Rule = ({ mqtt, domain, vcsGateway }) => {
  if (!mqtt) return [];
  if (mqtt.domain === undefined) {
    return mqtt.address === undefined || mqtt.serviceType === "ClusterIP"
      ? []
      : [uselessKey("mqtt.address", "it is for the record of `mqtt.domain`, which is not set")];
  }
  const taken = mqtt.domain === domain ? "domain" : mqtt.domain === vcsGateway?.domain && "vcsGateway.domain";
  // Whoever lets two load balancers share an address says so by annotations.
  const isOwn = mqtt.serviceType === "LoadBalancer" && Object.keys(mqtt.annotations).length === 0;
  return taken && isOwn
    ? [
        {
          key: "mqtt.domain",
          problem: `must be another host name than \`${taken}\`: the load balancer of the broker has an address of its own`,
          fix: setCommand("mqtt.domain", `mqtt.${domain ?? mqtt.domain}`),
        },
      ]
    : [];
};

const ranges: Rule = ({ mqtt }) =>
  mqtt && mqtt.allowedRanges.length > 0 && mqtt.serviceType !== "LoadBalancer"
    ? [uselessKey("mqtt.allowedRanges", `a Service of type ${mqtt.serviceType} has no load balancer`)]
    : [];

const onpremAddress: Rule = ({ target, mqtt }) =>
  target === "onprem" && mqtt?.staticAddress
    ? [
        {
          key: "mqtt.staticAddress",
          problem: "has no use: on-prem, the load balancer is told by annotations of its own kind",
          fix: `${removeCommand("mqtt.staticAddress")}, put the annotation into \`mqtt.annotations\` and the address into \`mqtt.address\``,
        },
      ]
    : [];

const annotation = (kind: string): string => `service.beta.kubernetes.io/azure-${kind}`;

/** Annotations that give the load balancer an address, as `mqtt.staticAddress` does. */
const addressAnnotations = [
  "load-balancer-internal",
  "load-balancer-ipv4",
  "pip-name",
  "load-balancer-resource-group",
].map(annotation);

const staticAddress = aksRule(({ settings }) => {
  const { mqtt } = settings;
  if (!mqtt?.staticAddress) return [];
  const key = "mqtt.domain";
  const given = addressAnnotations.filter((each) => mqtt.annotations[each] !== undefined);
  return [
    ...(mqtt.serviceType === "LoadBalancer"
      ? []
      : [uselessKey("mqtt.staticAddress", `a Service of type ${mqtt.serviceType} has no load balancer`)]),
    ...(mqtt.domain === undefined
      ? [
          {
            key,
            problem: "is missing: workers outside the cluster are told a name, not `mqtt.staticAddress`",
            fix: setCommand(key, `mqtt.${settings.domain ?? "spacelift.example.com"}`),
          },
        ]
      : []),
    ...(mqtt.address === undefined
      ? []
      : [
          {
            key: "mqtt.address",
            problem: "contradicts `mqtt.staticAddress`, with which the address is created",
            fix: `${removeCommand("mqtt.address")}, or ${removeCommand("mqtt.staticAddress")}`,
          },
        ]),
    ...given.map((each) => ({
      key: "mqtt.annotations",
      problem: `must not hold ${each} with \`mqtt.staticAddress\`, which writes the annotations of its address`,
      fix: `take it out, or ${removeCommand("mqtt.staticAddress")} and put the address into \`mqtt.address\``,
    })),
  ];
});

/** Rules of how workers reach the broker. */
export const brokerRules: readonly Rule[] = [type, name, ranges, onpremAddress, staticAddress];
