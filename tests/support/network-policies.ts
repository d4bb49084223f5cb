import { BlockList, isIPv4 } from "node:net";
import type { PlannedPolicy } from "../../components/spacelift/network-policies";

type Labels = Readonly<Record<string, string>>;

/**
 * Somebody that connects or listens. Pods on their own network have a namespace and labels; what is on a node's network
 * has neither to a policy, even if it runs in a pod.
 */
export interface Endpoint {
  readonly address: string;
  readonly namespace?: string;
  readonly labels?: Labels;
  /** Entities of Cilium that it belongs to. */
  readonly entities?: readonly string[];
}

/** A network plugin: whether ranges hold the addresses of nodes and pods, and whether it knows entities. */
export type Plugin = "cilium" | "standard";

interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

interface StandardPeer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface Rule {
  readonly from?: readonly StandardPeer[];
  readonly to?: readonly StandardPeer[];
  readonly ports?: readonly { readonly protocol: string; readonly port: number }[];
  readonly fromEntities?: readonly string[];
  readonly toEntities?: readonly string[];
  readonly toPorts?: readonly { readonly ports: readonly { readonly port: string }[] }[];
}

interface Spec {
  readonly podSelector?: Selector;
  readonly endpointSelector?: Selector;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      if (operator !== "In") throw new Error(`the tests know no operator ${operator}`);
      return values.includes(labels[key] ?? "");
    })
  );
}

function contains(range: string, address: string): boolean {
  const [base = "", prefix = ""] = range.split("/");
  if (isIPv4(base) !== isIPv4(address)) return false;
  const list = new BlockList();
  const family = isIPv4(base) ? "ipv4" : "ipv6";
  list.addSubnet(base, Number(prefix), family);
  return list.check(address, family);
}

/** https://kubernetes.io/docs/concepts/services-networking/network-policies, "Behavior of to and from selectors". */
function matches(peer: StandardPeer, other: Endpoint, home: string, plugin: Plugin): boolean {
  if (peer.ipBlock) {
    // Cilium's documentation on ranges: what it manages itself, it knows by identity and never by address.
    const isManaged = other.namespace !== undefined || other.entities?.includes("world") === false;
    if (plugin === "cilium" && isManaged) return false;
    const { cidr, except = [] } = peer.ipBlock;
    return contains(cidr, other.address) && !except.some((each) => contains(each, other.address));
  }
  if (other.namespace === undefined) return false;
  const namespace = { "kubernetes.io/metadata.name": other.namespace };
  const isInNamespace = peer.namespaceSelector
    ? selects(peer.namespaceSelector, namespace)
    : other.namespace === home;
  return isInNamespace && (peer.podSelector === undefined || selects(peer.podSelector, other.labels ?? {}));
}

function allows(rule: Rule, other: Endpoint, port: number, home: string, plugin: Plugin): boolean {
  const entities = rule.fromEntities ?? rule.toEntities;
  if (entities) {
    const ports = rule.toPorts?.flatMap((each) => each.ports.map((one) => Number(one.port)));
    return (
      plugin === "cilium" &&
      (ports?.includes(port) ?? true) &&
      (other.entities ?? []).some((each) => entities.includes(each))
    );
  }
  const peers = rule.from ?? rule.to;
  return (
    (rule.ports?.some((each) => each.protocol === "TCP" && each.port === port) ?? true) &&
    (peers === undefined || peers.some((peer) => matches(peer, other, home, plugin)))
  );
}

/** Whether the policies of one namespace let a TCP connection of one of its pods through. */
export function passes(
  policies: readonly PlannedPolicy[],
  direction: "Ingress" | "Egress",
  pod: Endpoint,
  other: Endpoint,
  port: number,
  plugin: Plugin,
): boolean {
  const rules = direction === "Ingress" ? "ingress" : "egress";
  const selecting = policies
    // What is of Cilium's kind is nothing to another plugin.
    .filter(({ kind }) => kind === "NetworkPolicy" || plugin === "cilium")
    .map(({ spec }) => spec as Spec)
    .filter((spec) => selects(spec.podSelector ?? spec.endpointSelector ?? {}, pod.labels ?? {}))
    .filter((spec) => spec.policyTypes?.includes(direction) ?? spec[rules] !== undefined);
  return (
    selecting.length === 0 ||
    selecting.some((spec) =>
      (spec[rules] ?? []).some((rule) => allows(rule, other, port, pod.namespace ?? "", plugin)),
    )
  );
}

/** A pod on its own network. */
export const pod = (namespace: string, address: string, labels: Labels = {}): Endpoint => ({
  namespace,
  address,
  labels,
  entities: ["cluster"],
});
