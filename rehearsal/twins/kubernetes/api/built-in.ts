import { isAzures } from "../../azure/cluster/integration";
import type { WorldState } from "../../framework";
import { controllers } from "../cluster";
import { NODES, nodeName } from "../helm/workloads";
import type { Manifest } from "./manifest";

/** Version that the simulated API server gives itself. */
export const SERVER_VERSION = "v1.36.2";

const NAMESPACES = ["default", "kube-system", "kube-public", "kube-node-lease"] as const;

const OPERATORS_CLASS = "nginx";
const OPERATORS_NAMESPACE = "ingress-nginx";

const ingressClass: Manifest = {
  apiVersion: "networking.k8s.io/v1",
  kind: "IngressClass",
  metadata: { name: OPERATORS_CLASS },
  spec: { controller: "k8s.io/ingress-nginx" },
};

/**
 * The address of the ingress controller that a cluster on-premises has from the beginning, as the vendor's guide expects
 * it; undefined for another class, and where a release has installed this one.
 */
export function operatorsIngress(state: WorldState, className: string | undefined): string | undefined {
  const isInstalled = controllers.of(state).has(`ingress:${OPERATORS_CLASS}`);
  return className === OPERATORS_CLASS && !isInstalled && !isAzures(state) ? "192.0.2.10" : undefined;
}

/** What every simulated cluster has from the beginning: its nodes, namespaces and a storage class. */
export function builtIn(state: WorldState): readonly Manifest[] {
  return [
    ...(operatorsIngress(state, OPERATORS_CLASS) === undefined
      ? []
      : [ingressClass, namespace(OPERATORS_NAMESPACE)]),
    ...Array.from({ length: NODES }, (_, index) => node(nodeName(index))),
    ...NAMESPACES.map(namespace),
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: {
        name: "default",
        annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
      },
      provisioner: "rehearsal",
    },
  ];
}

const namespace = (name: string): Manifest => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels: { "kubernetes.io/metadata.name": name } },
  status: { phase: "Active" },
});

const node = (name: string): Manifest => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name },
  spec: {},
  status: {
    allocatable: { cpu: "8", memory: "32Gi", pods: "110" },
    conditions: [{ type: "Ready", status: "True" }],
    nodeInfo: { architecture: "amd64", operatingSystem: "linux", kubeletVersion: SERVER_VERSION },
  },
});
