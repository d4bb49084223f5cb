import assert from "node:assert/strict";
import {
  type NetworkPeer,
  type PlannedPolicy,
  spaceliftPolicies,
  workerPolicies,
} from "../../../components/spacelift/network-policies";
import { parseConfig } from "../../../config/parse";
import type { Settings } from "../../../config/settings";
import { policyOptions } from "../../../program/spacelift";
import { configured, raw } from "../../support/configurations";
import { type Endpoint, type Plugin, passes, pod } from "../../support/network-policies";

// The labels are those that the vendor's chart 0.62.0 renders, written down here and not taken from the code.
const ofChart = (suffix: string): Readonly<Record<string, string>> => ({
  "app.kubernetes.io/name": `spacelift-self-hosted${suffix}`,
  "app.kubernetes.io/instance": `spacelift${suffix}`,
  "app.kubernetes.io/managed-by": "Helm",
});

const node = (address: string, entities: readonly string[]): Endpoint => ({
  address,
  entities: [...entities, "cluster"],
});

const actors = {
  server: pod("spacelift", "10.244.0.10", ofChart("")),
  drain: pod("spacelift", "10.244.0.11", ofChart("-drain")),
  scheduler: pod("spacelift", "10.244.0.12", ofChart("-scheduler")),
  gateway: pod("spacelift", "10.244.0.13", ofChart("-vcs-gateway")),
  solver: pod("spacelift", "10.244.0.14", { "acme.cert-manager.io/http01-solver": "true" }),
  stranger: pod("spacelift", "10.244.0.15", { app: "stranger" }),
  ingress: pod("traefik", "10.244.1.10", { "app.kubernetes.io/name": "traefik" }),
  ingressOnNode: node("10.30.0.4", ["host"]),
  otherNode: node("10.30.0.5", ["remote-node"]),
  controller: pod("spacelift-worker-controller-system", "10.244.2.10"),
  run: pod("spacelift-workers", "10.244.3.10"),
  certManager: pod("cert-manager", "10.244.4.10"),
  prometheus: pod("monitoring", "10.244.5.10"),
  foreignWorker: pod("build", "10.244.6.10"),
  outside: { address: "192.0.2.7", entities: ["world"] },
  partner: { address: "198.51.100.7", entities: ["world"] },
} satisfies Record<string, Endpoint>;
type Actor = keyof typeof actors;
const everybody = Object.keys(actors) as Actor[];
const pods = everybody.filter((name) => "namespace" in actors[name]);

/** One combination of what the policies depend on. */
interface Choice {
  readonly plugin: Plugin;
  readonly workers: boolean;
  readonly gateway: boolean;
  readonly tls: "acme" | "existingIssuer" | "selfSigned";
  readonly controllerNamespace: boolean;
  readonly broker: "ClusterIP" | "LoadBalancer" | "NodePort";
  readonly peers: boolean;
}

const choices: readonly Choice[] = (["standard", "cilium"] as const).flatMap((plugin) =>
  [true, false].flatMap((workers) =>
    [true, false].flatMap((gateway) =>
      (["acme", "existingIssuer", "selfSigned"] as const).flatMap((tls) =>
        [true, false].flatMap((controllerNamespace) =>
          (["ClusterIP", "LoadBalancer", "NodePort"] as const).flatMap((broker) =>
            [true, false].map((peers) => ({
              ...{ plugin, workers, gateway, tls, controllerNamespace, broker, peers },
            })),
          ),
        ),
      ),
    ),
  ),
);

const furtherPeers: readonly NetworkPeer[] = [
  { namespace: "monitoring" },
  { cidr: "198.51.100.0/24" },
  { entity: "remote-node" },
];
/** Whom {@link furtherPeers} name. An entity is one to Cilium alone, as is the address of a node none. */
const named = (plugin: Plugin): readonly Actor[] => [
  "prometheus",
  "partner",
  ...(plugin === "cilium" ? (["otherNode"] as const) : []),
];

const parsed = (settings: Record<string, unknown>): Settings => {
  const result = parseConfig(raw(configured(settings)));
  assert.deepEqual(result.problems, []);
  assert.ok(result.settings);
  return result.settings;
};

const tlsOf = {
  acme: parsed({}).tls,
  existingIssuer: parsed({ tls: { mode: "existingIssuer", email: undefined, name: "own" } }).tls,
  selfSigned: parsed({ tls: { mode: "selfSigned", email: undefined } }).tls,
};
const basis = parsed({});

function settingsOf({ peers, ...choice }: Choice): Settings {
  const further = peers ? [...furtherPeers] : [];
  return {
    ...basis,
    workers: { ...basis.workers, enabled: choice.workers },
    mqtt: { ...basis.mqtt, serviceType: choice.broker },
    tls: tlsOf[choice.tls],
    networkPeers: { server: further, broker: further, vcsGateway: further, monitoring: further, runs: [] },
  };
}

function policiesOf(choice: Choice): readonly PlannedPolicy[] {
  return spaceliftPolicies({
    ...policyOptions(settingsOf(choice), choice.controllerNamespace ? { namespace: "traefik" } : {}),
    releaseName: "spacelift",
    vcsGateway: choice.gateway,
  });
}

/** Who may reach what, in the words of the vendor's networking reference. Everybody else may not. */
function allowed(target: Actor, port: number, choice: Choice): readonly Actor[] {
  const { plugin, controllerNamespace, gateway } = choice;
  const others = choice.peers ? named(plugin) : [];
  const controller: readonly Actor[] = controllerNamespace ? ["ingress"] : everybody;
  switch (`${target}:${port}`) {
    case "server:1983":
      return [...controller, ...others];
    case "server:1984":
      if (choice.broker !== "ClusterIP") return everybody;
      if (choice.workers) return ["controller", "run", ...others];
      return choice.peers ? others : pods;
    case "gateway:1984":
      return gateway ? [...controller, ...others] : [];
    case "gateway:1985":
      return gateway ? ["server", "drain"] : [];
    case "solver:8089":
      return choice.tls === "selfSigned" ? [] : controller;
    case "server:8080":
    case "drain:8080":
    case "scheduler:8080":
      return others;
    default:
      return [];
  }
}

const targets = (["server", "drain", "scheduler", "gateway", "solver", "stranger"] as const).flatMap((name) =>
  [1983, 1984, 1985, 8080, 8089, 22].map((port) => [name, port] as const),
);

describe("who reaches whom", () => {
  it("lets in whom Spacelift needs and nobody else, for every pair and every combination of settings", () => {
    let pairs = 0;
    for (const choice of choices) {
      const policies = policiesOf(choice);
      for (const [target, port] of targets) {
        const expected = allowed(target, port, choice);
        const actual = everybody.filter((from) =>
          passes(policies, "Ingress", actors[target], actors[from], port, choice.plugin),
        );
        pairs += everybody.length;
        assert.deepEqual(
          actual.toSorted(),
          [...new Set(expected)].toSorted(),
          `${target}:${port} with ${JSON.stringify(choice)}`,
        );
      }
    }
    assert.equal(pairs, choices.length * targets.length * everybody.length);
  });

  it("lets the worker controller get work, wherever it and the pools are", () => {
    const broker = (settings: Record<string, unknown>, from: Endpoint): boolean => {
      const policies = spaceliftPolicies({
        ...policyOptions(parsed(settings), {}),
        releaseName: "spacelift",
        vcsGateway: false,
      });
      return passes(policies, "Ingress", actors.server, from, 1984, "cilium");
    };
    assert.ok(broker({}, actors.controller));
    const moved = { workers: { namespace: "runs", controllerNamespace: "operators" } };
    assert.ok(broker(moved, pod("operators", "10.244.2.11")));
    assert.ok(!broker(moved, actors.controller));
    assert.ok(broker({ workers: { enabled: false } }, actors.foreignWorker));
    assert.ok(!broker({ workers: { enabled: false } }, actors.outside));
  });

  it("lets runs reach what they need, never a metadata endpoint, and nobody reach a run", () => {
    const reaches = (to: Endpoint, port: number, plugin: Plugin, policies = workerPolicies()): boolean =>
      passes(policies, "Egress", actors.run, to, port, plugin);
    for (const plugin of ["standard", "cilium"] as const) {
      for (const name of ["server", "ingress", "outside", "foreignWorker"] as const) {
        assert.ok(reaches(actors[name], 443, plugin), `${name} with ${plugin}`);
      }
      for (const address of ["169.254.169.254", "168.63.129.16", "fd00:ec2::254"]) {
        assert.ok(!reaches({ address, entities: ["world"] }, 80, plugin), `${address} with ${plugin}`);
      }
      for (const from of everybody) {
        assert.ok(!passes(workerPolicies(), "Ingress", actors.run, actors[from], 8080, plugin), from);
      }
    }
  });

  it("lets runs reach nodes with Cilium when its entities are named, as ranges do not hold them", () => {
    const apiServer = node("10.30.0.6", ["kube-apiserver", "remote-node"]);
    const reaches = (to: Endpoint, policies: readonly PlannedPolicy[], plugin: Plugin): boolean =>
      passes(policies, "Egress", actors.run, to, 6443, plugin);
    assert.ok(reaches(apiServer, workerPolicies(), "standard"));
    assert.ok(!reaches(apiServer, workerPolicies(), "cilium"));
    assert.ok(reaches(apiServer, workerPolicies(["kube-apiserver"]), "cilium"));
    assert.ok(!reaches(actors.ingressOnNode, workerPolicies(["kube-apiserver"]), "cilium"));
  });
});
