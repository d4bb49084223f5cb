import type { Failure, Properties, WorldState } from "../framework";
import { checkCertificate, checkIssuer, checkWorkerPool } from "./custom-checks";
import { checkBudget, checkIngress, checkNetworkPolicy, checkSecret, checkService } from "./core-checks";
import { findDefinition, groupOf } from "./cluster";

/** How objects of one kind behave, apart from what is common to all. */
export interface Kind {
  readonly namespaced: boolean;
  /** Paths that cannot change in place, besides name and namespace. */
  readonly replaceOn?: readonly string[];
  readonly check?: (inputs: Properties) => Failure[];
  /** Whether the cluster fills in a status. */
  readonly hasStatus?: boolean;
}

const KINDS: Readonly<Record<string, Kind>> = {
  "Namespace.": { namespaced: false, hasStatus: true },
  "Secret.": { namespaced: true, replaceOn: ["type", "data", "stringData"], check: checkSecret },
  "ConfigMap.": { namespaced: true, replaceOn: ["data", "binaryData"] },
  "ServiceAccount.": { namespaced: true },
  "Service.": { namespaced: true, replaceOn: ["spec.clusterIP"], check: checkService, hasStatus: true },
  "NetworkPolicy.networking.k8s.io": { namespaced: true, check: checkNetworkPolicy },
  "Ingress.networking.k8s.io": { namespaced: true, check: checkIngress, hasStatus: true },
  "IngressClass.networking.k8s.io": { namespaced: false },
  "PodDisruptionBudget.policy": { namespaced: true, check: checkBudget, hasStatus: true },
  "ClusterIssuer.cert-manager.io": { namespaced: false, check: checkIssuer, hasStatus: true },
  "Issuer.cert-manager.io": { namespaced: true, check: checkIssuer, hasStatus: true },
  "Certificate.cert-manager.io": { namespaced: true, check: checkCertificate, hasStatus: true },
  "WorkerPool.workers.spacelift.io": { namespaced: true, check: checkWorkerPool, hasStatus: true },
};

const CLUSTER_WIDE: ReadonlySet<string> = new Set([
  "ClusterRole",
  "ClusterRoleBinding",
  "CustomResourceDefinition",
  "MutatingWebhookConfiguration",
  "PersistentVolume",
  "PriorityClass",
  "RuntimeClass",
  "StorageClass",
  "ValidatingWebhookConfiguration",
]);

/** How objects of a kind behave; kinds without particulars behave like any other. */
export function kindOf(apiVersion: string, kind: string): Kind {
  return KINDS[`${kind}.${groupOf(apiVersion)}`] ?? { namespaced: !CLUSTER_WIDE.has(kind) };
}

/** What runs in the simulated clusters from the beginning: Cilium, as on AKS. */
const BUILT_IN_GROUPS: readonly string[] = ["cilium.io"];

/** Whether the API server knows a kind: built in, or defined by a custom resource definition. */
export function isServed(state: WorldState, apiVersion: string, kind: string): boolean {
  const group = groupOf(apiVersion);
  if (!group.includes(".") || group.endsWith(".k8s.io") || BUILT_IN_GROUPS.includes(group)) return true;
  return findDefinition(state, group, kind) !== undefined;
}

/** The plural name of a kind as the API server writes it in messages. */
export function pluralOf(kind: string): string {
  const lower = kind.toLowerCase();
  if (/(s|x|ch|sh)$/.test(lower)) return `${lower}es`;
  return lower.endsWith("y") && !/[aeiou]y$/.test(lower) ? `${lower.slice(0, -1)}ies` : `${lower}s`;
}
