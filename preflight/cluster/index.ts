import type { Check, CheckContext, PreflightInput } from "../check";
import { certManagerCheck, tlsSecretsCheck } from "./certificates";
import { type ClusterCheck, type ClusterView, runClusterCheck } from "./check";
import { connect, versionFinding } from "./connection";
import { ingressClassCheck, workerKindsCheck } from "./controllers";
import { clusterLayout } from "./layout";
import { namespacesCheck } from "./namespaces";
import { nodesCheck } from "./nodes";
import { rightsCheck } from "./rights";
import { storageClassCheck } from "./storage";

const checks: readonly ClusterCheck[] = [
  rightsCheck,
  namespacesCheck,
  ingressClassCheck,
  certManagerCheck,
  tlsSecretsCheck,
  workerKindsCheck,
  nodesCheck,
  storageClassCheck,
];

// Longer than the others may take: a plugin may fetch credentials first.
const TIMEOUT_MS = 60_000;
const CHECK_TIMEOUT_MS = 15_000;

export interface ClusterCheckPorts {
  /**
   * Fetches the kubeconfig of an existing cluster on Azure by its id, as the deployment does. Rejects with words for an
   * operator. @default - such a cluster is not looked at unless its kubeconfig is configured
   */
  readonly azureKubeconfig?: (clusterId: string, context: CheckContext) => Promise<string>;
  /** How long one look may take, in milliseconds. @default 15000 */
  readonly lookTimeoutMs?: number;
}

/**
 * Whether the cluster can be reached, logged in to and installed into. One connection serves all findings; when there is
 * none, the others are skipped.
 */
export const createClusterCheck = (ports: ClusterCheckPorts = {}): Check => ({
  id: "cluster",
  title: "Kubernetes cluster",
  timeoutMs: TIMEOUT_MS,
  skip: (input) => needless(input, ports),
  run: async (context) => {
    const { settings, secrets, now, signal } = context;
    const clusterId = settings.target === "aks" ? settings.aks?.cluster.existingId : undefined;
    const kubeconfig =
      secrets.kubeconfig ??
      (clusterId === undefined ? undefined : await ports.azureKubeconfig?.(clusterId, context));
    const { findings, cluster } = await connect(context, kubeconfig);
    if (!cluster) {
      return [...findings, ...checks.map((check) => check.skipped("the cluster could not be looked at"))];
    }
    const { client, user, version } = cluster;
    const view: ClusterView = { client, user, settings, layout: clusterLayout(settings), now, signal };
    const { lookTimeoutMs = CHECK_TIMEOUT_MS } = ports;
    const found = await Promise.all(checks.map((check) => runClusterCheck(check, view, lookTimeoutMs)));
    return [...findings, versionFinding(version), ...found.flat()];
  },
});

function needless({ settings, secrets }: PreflightInput, ports: ClusterCheckPorts): string | undefined {
  if (settings.target !== "aks") return undefined;
  if (settings.aks?.cluster.existingId === undefined) return "the deployment creates the cluster";
  return secrets.kubeconfig === undefined && ports.azureKubeconfig === undefined
    ? "the deployment fetches the kubeconfig of `aks.cluster.existingId` from Azure; set the secret `kubeconfig` to look at the cluster before"
    : undefined;
}

export const clusterCheck = createClusterCheck();
