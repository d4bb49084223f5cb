import type { types } from "@pulumi/kubernetes";
import { mqttPort } from "./env";
import { type ServiceName, podSelector } from "./values";

/** A network policy of the Spacelift namespace: its name and its spec. */
export interface PlannedPolicy {
  readonly name: string;
  readonly spec: types.input.networking.v1.NetworkPolicySpec;
}

/** What the policies of the Spacelift namespace are made of. */
export interface NetworkPolicyOptions {
  readonly releaseName: string;
  /** Namespace of the ingress controller; undefined lets in everybody, as a controller on the nodes' network needs. */
  readonly ingressNamespace?: string;
  /** Whether certificates come by HTTP-01, whose challenges are answered by pods in this namespace. */
  readonly acmeChallenges: boolean;
  readonly workerNamespace?: string;
  /** Whether workers outside the cluster connect to the broker. */
  readonly externalWorkers: boolean;
  readonly vcsGateway: boolean;
}

type Peer = types.input.networking.v1.NetworkPolicyPeer;

const namespacePeer = (name: string): Peer => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});

// A rule without peers lets in everybody.
const fromNamespace = (name: string | undefined): { readonly from?: Peer[] } =>
  name === undefined ? {} : { from: [namespacePeer(name)] };

const httpPort = 1983;
const gatewayGrpcPort = 1984;
const gatewayHttpPort = 1985;
const acmeSolverPort = 8089;

/**
 * Policies that let in what Spacelift serves and nothing else: the ingress controller to the server and the gateway,
 * workers to the broker, the server and the drain to the gateway. Outbound traffic stays free: the services call VCS
 * systems, registries and clouds that nobody can list.
 */
export function spaceliftPolicies(options: NetworkPolicyOptions): readonly PlannedPolicy[] {
  const { releaseName } = options;
  const pods = (service: ServiceName): { matchLabels: Readonly<Record<string, string>> } => ({
    matchLabels: podSelector(service, releaseName),
  });
  const tcp = (port: number): { protocol: string; port: number } => ({ protocol: "TCP", port });
  const fromIngress = fromNamespace(options.ingressNamespace);
  const { workerNamespace } = options;
  const server = [{ ...fromIngress, ports: [tcp(httpPort)] }];
  if (options.externalWorkers) server.push({ ports: [tcp(mqttPort)] });
  else if (workerNamespace !== undefined) {
    server.push({ ...fromNamespace(workerNamespace), ports: [tcp(mqttPort)] });
  }
  const policies: PlannedPolicy[] = [
    { name: "default-deny-ingress", spec: { podSelector: {}, policyTypes: ["Ingress"] } },
    { name: "server", spec: { podSelector: pods("server"), policyTypes: ["Ingress"], ingress: server } },
  ];
  if (options.vcsGateway) {
    policies.push({
      name: "vcs-gateway",
      spec: {
        podSelector: pods("vcsGateway"),
        policyTypes: ["Ingress"],
        ingress: [
          { ...fromIngress, ports: [tcp(gatewayGrpcPort)] },
          {
            from: [{ podSelector: pods("server") }, { podSelector: pods("drain") }],
            ports: [tcp(gatewayHttpPort)],
          },
        ],
      },
    });
  }
  if (options.acmeChallenges) {
    policies.push({
      name: "acme-challenges",
      spec: {
        podSelector: { matchLabels: { "acme.cert-manager.io/http01-solver": "true" } },
        policyTypes: ["Ingress"],
        ingress: [{ ...fromIngress, ports: [tcp(acmeSolverPort)] }],
      },
    });
  }
  return policies;
}

/** Link-local ranges in which clouds serve the credentials of a machine to everybody on it. */
export const metadataRanges = {
  ipv4: "169.254.0.0/16",
  ipv6: "fd00:ec2::254/128",
  // Azure's host, which hands out what a node was set up with.
  azureHost: "168.63.129.16/32",
} as const;

/** Policies of the workers' namespace: nothing connects to a run, and a run cannot reach a metadata endpoint. */
export function workerPolicies(): readonly PlannedPolicy[] {
  return [
    { name: "default-deny-ingress", spec: { podSelector: {}, policyTypes: ["Ingress"] } },
    {
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
              { namespaceSelector: {} },
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
}
