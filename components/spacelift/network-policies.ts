import type { types } from "@pulumi/kubernetes";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as networking from "@pulumi/kubernetes/networking/v1";
import type * as pulumi from "@pulumi/pulumi";
import type { CiliumEntity } from "../../config/sections/network-peers";
import { type Caller, connections, type Listener, listeners } from "./connections";
import { podSelector, type ServiceName } from "./values";

type Selector = types.input.meta.v1.LabelSelector;
type Peer = types.input.networking.v1.NetworkPolicyPeer;
type PolicyPort = types.input.networking.v1.NetworkPolicyPort;

/** Somebody who is let in: the pods of a namespace, a range of addresses or an entity of Cilium. */
export interface NetworkPeer {
  readonly namespace?: string | undefined;
  readonly cidr?: string | undefined;
  readonly entity?: CiliumEntity | undefined;
}

/** A policy: its name and its spec. Those with entities are of Cilium's kind, as the standard kind has none. */
export type PlannedPolicy =
  | {
      readonly kind: "NetworkPolicy";
      readonly name: string;
      readonly spec: types.input.networking.v1.NetworkPolicySpec;
    }
  | {
      readonly kind: "CiliumNetworkPolicy";
      readonly name: string;
      readonly spec: Readonly<Record<string, unknown>>;
    };

export interface NetworkPolicyOptions {
  readonly releaseName: string;
  /** Namespace of the ingress controller; undefined lets in everybody, as a controller on the nodes' network needs. */
  readonly ingressNamespace?: string;
  /** Whether certificates come by HTTP-01, whose challenges are answered by pods in this namespace. */
  readonly acmeChallenges: boolean;
  /** Namespaces of the workers that are installed here. @default - none are: pods of any namespace may be workers */
  readonly workers?: { readonly namespace: string; readonly controllerNamespace: string };
  /** Whether workers outside the cluster connect to the broker. */
  readonly externalWorkers: boolean;
  readonly vcsGateway: boolean;
  /** Whom else to let in. @default - nobody */
  readonly peers?: Readonly<Partial<Record<Listener, readonly NetworkPeer[]>>>;
}

/** Who connects: peers, pods of a service, or everybody. */
type Source = "everybody" | Peer | { readonly entity: CiliumEntity };

const namespacePeer = (name: string): Peer => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});

const everyPod: Peer = { namespaceSelector: {} };

const isEntity = (source: Source): source is { readonly entity: CiliumEntity } =>
  typeof source === "object" && "entity" in source;

function sourceOf({ namespace, cidr, entity }: NetworkPeer): Source {
  if (namespace !== undefined) return namespacePeer(namespace);
  if (cidr !== undefined) return { ipBlock: { cidr } };
  if (entity !== undefined) return { entity };
  throw new Error("bug: a network peer without namespace, range and entity");
}

/** Where each caller of the table connects from; undefined for one that there is not. */
function callers(options: NetworkPolicyOptions): Readonly<Record<Caller, Source | undefined>> {
  const { ingressNamespace, workers, releaseName } = options;
  const pods = (service: ServiceName): Peer => ({
    podSelector: { matchLabels: podSelector(service, releaseName) },
  });
  const named = options.peers?.broker ?? [];
  return {
    ingressController: ingressNamespace === undefined ? "everybody" : namespacePeer(ingressNamespace),
    workerController: workers && namespacePeer(workers.controllerNamespace),
    runs: workers && namespacePeer(workers.namespace),
    // Nobody says where they are, unless the operator does; they prove themselves with the token of a pool.
    workersOfOthers: workers || named.length > 0 ? undefined : everyPod,
    workersOutside: options.externalWorkers ? "everybody" : undefined,
    serverPods: pods("server"),
    drainPods: pods("drain"),
  };
}

const isThere = (listener: Listener, options: NetworkPolicyOptions): boolean => {
  switch (listener) {
    case "vcsGateway":
    case "vcsGatewayInternal":
      return options.vcsGateway;
    case "acmeChallenges":
      return options.acmeChallenges;
    case "monitoring":
      return (options.peers?.monitoring ?? []).length > 0;
    case "server":
    case "broker":
      return true;
  }
};

const tcp = (port: number): PolicyPort => ({ protocol: "TCP", port });

function selector(listener: Listener, releaseName: string): Selector {
  const { pods } = listeners[listener];
  if (!isServices(pods)) return { matchLabels: pods };
  const [only, ...more] = pods;
  if (only !== undefined && more.length === 0) return { matchLabels: podSelector(only, releaseName) };
  const key = "app.kubernetes.io/instance";
  const values = pods.map((service) => podSelector(service, releaseName)[key] ?? "");
  return { matchExpressions: [{ key, operator: "In", values }] };
}

const isServices = (pods: (typeof listeners)[Listener]["pods"]): pods is readonly ServiceName[] =>
  Array.isArray(pods);

const distinct = <T>(values: readonly T[]): T[] => [
  ...new Map(values.map((each) => [JSON.stringify(each), each])).values(),
];

/**
 * Policies that let in what {@link connections} lists and the peers that are named, and nothing else. Outbound traffic
 * stays free: the services call VCS systems, registries and clouds that nobody can list.
 */
export function spaceliftPolicies(options: NetworkPolicyOptions): readonly PlannedPolicy[] {
  const from = callers(options);
  const rules = (Object.keys(listeners) as Listener[])
    .filter((listener) => isThere(listener, options))
    .map((listener) => {
      const needed = connections.filter(({ to }) => to === listener).flatMap((each) => from[each.from] ?? []);
      const sources = distinct<Source>([...needed, ...(options.peers?.[listener] ?? []).map(sourceOf)]);
      return { listener, sources, policy: listeners[listener].policy, port: listeners[listener].port };
    });
  const policies = distinct(rules.map(({ policy }) => policy)).flatMap((name): PlannedPolicy[] => {
    const own = rules.filter(({ policy }) => policy === name);
    const [first] = own;
    if (!first) return [];
    const pods = selector(first.listener, options.releaseName);
    const ingress = own.flatMap(({ sources, port }) => {
      // A rule without peers lets in everybody.
      if (sources.includes("everybody")) return [{ ports: [tcp(port)] }];
      const peers = sources.filter((each): each is Peer => each !== "everybody" && !isEntity(each));
      return peers.length > 0 ? [{ from: peers, ports: [tcp(port)] }] : [];
    });
    const entities = own.flatMap(({ sources, port }) => {
      const fromEntities = sources.filter(isEntity).map(({ entity }) => entity);
      return fromEntities.length > 0 ? [{ fromEntities, toPorts: [ciliumPort(port)] }] : [];
    });
    return [
      { kind: "NetworkPolicy", name, spec: { podSelector: pods, policyTypes: ["Ingress"], ingress } },
      ...(entities.length > 0
        ? [
            {
              kind: "CiliumNetworkPolicy" as const,
              name: `${name}-entities`,
              spec: { endpointSelector: pods, ingress: entities },
            },
          ]
        : []),
    ];
  });
  return [denyIngress, ...policies];
}

const ciliumPort = (port: number): Readonly<Record<string, unknown>> => ({
  ports: [{ port: String(port), protocol: "TCP" }],
});

const denyIngress: PlannedPolicy = {
  kind: "NetworkPolicy",
  name: "default-deny-ingress",
  spec: { podSelector: {}, policyTypes: ["Ingress"] },
};

/** Link-local ranges in which clouds serve the credentials of a machine to everybody on it. */
export const metadataRanges = {
  ipv4: "169.254.0.0/16",
  ipv6: "fd00:ec2::254/128",
  // Azure's host, which hands out what a node was set up with.
  azureHost: "168.63.129.16/32",
} as const;

/**
 * Policies of the workers' namespace: nothing connects to a run, and a run cannot reach a metadata endpoint. To Cilium,
 * no range holds an address of a node (cilium/cilium#14724, #16308): an ingress controller on the nodes' network and an
 * API server on a node are reached as entities alone.
 */
export function workerPolicies(entities: readonly CiliumEntity[] = []): readonly PlannedPolicy[] {
  const policies: PlannedPolicy[] = [
    denyIngress,
    {
      kind: "NetworkPolicy",
      name: "no-metadata-endpoint",
      spec: {
        podSelector: {},
        policyTypes: ["Egress"],
        egress: [
          {
            to: [
              { ipBlock: { cidr: "0.0.0.0/0", except: [metadataRanges.ipv4, metadataRanges.azureHost] } },
              { ipBlock: { cidr: "::/0", except: [metadataRanges.ipv6] } },
              // To Cilium, ranges are outside of the cluster alone: the broker and the ingress controller are pods.
              everyPod,
            ],
          },
          // Cluster DNS may be served from a link-local address (NodeLocal DNSCache).
          {
            ports: [
              { protocol: "UDP", port: 53 },
              { protocol: "TCP", port: 53 },
            ],
          },
        ],
      },
    },
  ];
  if (entities.length === 0) return policies;
  return [
    ...policies,
    {
      kind: "CiliumNetworkPolicy",
      name: "reachable-entities",
      spec: { endpointSelector: {}, egress: [{ toEntities: [...entities] }] },
    },
  ];
}

/**
 * Creates planned policies in a namespace.
 *
 * @param child gives the logical name of a part of the component they belong to
 */
export const createPolicies = (
  child: (role: string) => string,
  namespace: pulumi.Input<string>,
  policies: readonly PlannedPolicy[],
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] =>
  policies.map((policy) => {
    const metadata = { name: policy.name, namespace };
    const name = child(`policy-${policy.name}`);
    return policy.kind === "NetworkPolicy"
      ? new networking.NetworkPolicy(name, { metadata, spec: policy.spec }, opts)
      : new CustomResource(
          name,
          { apiVersion: "cilium.io/v2", kind: policy.kind, metadata, spec: policy.spec },
          opts,
        );
  });
