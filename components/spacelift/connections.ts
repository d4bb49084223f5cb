import { mqttPort } from "./env";
import type { ServiceName } from "./values";

/** What pods of Spacelift's namespace listen for. */
export type Listener =
  "server" | "broker" | "vcsGateway" | "vcsGatewayInternal" | "acmeChallenges" | "monitoring";

/** Who connects to them. */
export type Caller =
  | "ingressController"
  | "workerController"
  | "runs"
  | "workersOfOthers"
  | "workersOutside"
  | "serverPods"
  | "drainPods";

export interface ListenerPods {
  /** Name of the policy that guards the pods. */
  readonly policy: string;
  /** Services of the chart, or labels of pods that it does not bring. */
  readonly pods: readonly ServiceName[] | Readonly<Record<string, string>>;
  readonly port: number;
}

/** Every port that a pod of Spacelift's namespace listens on, as the chart and cert-manager have them. */
export const listeners: Readonly<Record<Listener, ListenerPods>> = {
  server: { policy: "server", pods: ["server"], port: 1983 },
  broker: { policy: "server", pods: ["server"], port: mqttPort },
  vcsGateway: { policy: "vcs-gateway", pods: ["vcsGateway"], port: 1984 },
  vcsGatewayInternal: { policy: "vcs-gateway", pods: ["vcsGateway"], port: 1985 },
  acmeChallenges: {
    policy: "acme-challenges",
    // The label of the pods with which cert-manager answers.
    pods: { "acme.cert-manager.io/http01-solver": "true" },
    port: 8089,
  },
  // Health endpoints. The kubelet asks them from its own node, which no policy stops.
  monitoring: { policy: "monitoring", pods: ["server", "drain", "scheduler"], port: 8080 },
};

export interface Connection {
  readonly from: Caller;
  readonly to: Listener;
  /** What it carries. */
  readonly why: string;
}

/**
 * Who must reach whom. What is not here is let in for peers that the operator names alone: `monitoring` for one, as
 * telemetry is pushed and nothing has to come in for it. From the vendor's networking reference and, for the gateway, the
 * section on VCS agents of its guide for AKS.
 */
export const connections: readonly Connection[] = [
  { from: "ingressController", to: "server", why: "browsers, the API, webhooks and workers" },
  { from: "ingressController", to: "vcsGateway", why: "VCS agents" },
  { from: "ingressController", to: "acmeChallenges", why: "HTTP-01 challenges of the Ingresses here" },
  { from: "workerController", to: "broker", why: "waits there for the runs of all its pools" },
  { from: "runs", to: "broker", why: "listed for workers, whichever of their processes connects" },
  { from: "workersOfOthers", to: "broker", why: "workers in the cluster that are not installed here" },
  { from: "workersOutside", to: "broker", why: "workers outside of the cluster" },
  { from: "serverPods", to: "vcsGatewayInternal", why: "requests for agents, to the address of the pod" },
  { from: "drainPods", to: "vcsGatewayInternal", why: "requests for agents, to the address of the pod" },
];
