import {
  at,
  type Failure,
  isProperties,
  objectAt,
  type Properties,
  stringAt,
  Unknown,
  type WorldState,
} from "../framework";
import { findDefinition, groupOf } from "./cluster";
import { checkBudget, checkIngress, checkNetworkPolicy, checkSecret, checkService } from "./core-checks";

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
  "Job.batch": {
    namespaced: true,
    // Held against the provider in `tests/live/twins.test.ts`.
    replaceOn: ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
    hasStatus: true,
  },
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

const ISSUER_KINDS: readonly string[] = ["acme", "ca", "selfSigned", "vault", "venafi"];

/** Checks that an issuer has exactly one way of issuing, and what that way needs. */
export function checkIssuer(inputs: Properties): Failure[] {
  const spec = objectAt(inputs, "spec");
  const kinds = ISSUER_KINDS.filter((kind) => spec[kind] !== undefined);
  if (kinds.length === 0)
    return [
      {
        property: "spec",
        reason: `Required value: must be configured with one of ${ISSUER_KINDS.join(", ")}`,
      },
    ];
  if (kinds.length > 1)
    return [
      {
        property: "spec",
        reason: `Forbidden: may not specify more than one issuer type: ${kinds.join(", ")}`,
      },
    ];
  const failures: Failure[] = [];
  if (spec["acme"] !== undefined) {
    failures.push(
      ...requireAt(inputs, ["spec", "acme", "server"]),
      ...requireAt(inputs, ["spec", "acme", "privateKeySecretRef", "name"]),
    );
  }
  if (spec["ca"] !== undefined) failures.push(...requireAt(inputs, ["spec", "ca", "secretName"]));
  return failures;
}

/** Checks that a Certificate names its Secret, its issuer and at least one subject. */
export function checkCertificate(inputs: Properties): Failure[] {
  const failures = [
    ...requireAt(inputs, ["spec", "secretName"]),
    ...requireAt(inputs, ["spec", "issuerRef", "name"]),
  ];
  const subjects = ["commonName", "dnsNames", "ipAddresses", "uris", "emailAddresses"];
  if (!subjects.some((subject) => at(inputs, "spec", subject) !== undefined)) {
    failures.push({
      property: "spec",
      reason: `Required value: at least one of ${subjects.join(", ")} must be set`,
    });
  }
  return failures;
}

/** Checks the rules that the definition of WorkerPool carries. */
export function checkWorkerPool(inputs: Properties): Failure[] {
  const spec = objectAt(inputs, "spec");
  const failures: Failure[] = [];
  const { poolSize, token, privateKey, driftDetectionRunLimits: limits } = spec;
  if (
    poolSize !== undefined &&
    !(poolSize instanceof Unknown) &&
    !(Number.isInteger(poolSize) && Number(poolSize) >= 0)
  ) {
    failures.push({ property: "spec.poolSize", reason: "must be a whole number of at least 0" });
  }
  if ((token === undefined) !== (privateKey === undefined)) {
    failures.push({ property: "spec", reason: "token and privateKey must be both set or both left out" });
  }
  for (const part of ["token", "privateKey"]) {
    if (spec[part] === undefined) continue;
    failures.push(
      ...requireAt(inputs, ["spec", part, "secretKeyRef", "name"]),
      ...requireAt(inputs, ["spec", part, "secretKeyRef", "key"]),
    );
  }
  if (isProperties(limits) && (limits["disabled"] === undefined) === (limits["maxRuns"] === undefined)) {
    failures.push({
      property: "spec.driftDetectionRunLimits",
      reason: "exactly one of disabled and maxRuns must be set",
    });
  }
  return failures;
}

function requireAt(inputs: Properties, path: readonly string[]): Failure[] {
  const found = at(inputs, ...path);
  if (found instanceof Unknown || (stringAt(inputs, ...path) ?? "") !== "") return [];
  return [{ property: path.join("."), reason: "Required value" }];
}
