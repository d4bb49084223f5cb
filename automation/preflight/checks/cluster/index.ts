import type { Check, CheckContext, Finding, Subject } from "../../check";
import { type Aspect, type ClusterView, lookAt } from "./aspect";
import { certManagerAspect } from "./cert-manager";
import { connect, unseen } from "./connection";
import { ingressClassAspect } from "./ingress-class";
import { clusterLayout } from "./layout";
import { namespacesAspect } from "./namespaces";
import { nodesAspect } from "./nodes";
import { rightsAspect } from "./rights";
import { storageAspect } from "./storage";
import { tlsSecretsAspect } from "./tls-secrets";
import { versionFinding } from "./version";
import { workerDefinitionsAspect } from "./worker-definitions";

/** What the check of the cluster takes from elsewhere. */
export interface ClusterCheckPorts {
  /**
   * Fetches the kubeconfig of a cluster on Azure that is given by its id, as the deployment does. Rejects with words
   * for an operator. @default - such a cluster is not looked at unless its kubeconfig is configured
   */
  readonly azureKubeconfig?: (clusterId: string, context: CheckContext) => Promise<string>;
  /** How long one look may take, in milliseconds. @default 15000 */
  readonly lookTimeoutMs?: number;
}

const aspects: readonly Aspect[] = [
  rightsAspect,
  namespacesAspect,
  ingressClassAspect,
  certManagerAspect,
  tlsSecretsAspect,
  workerDefinitionsAspect,
  nodesAspect,
  storageAspect,
];

// Longer than the others may take: a plugin may fetch credentials first.
const TIMEOUT_MS = 60_000;
const LOOK_TIMEOUT_MS = 15_000;

/**
 * Makes the check of the cluster: whether it can be reached, logged in to and installed into. One connection serves all
 * its findings; when there is none, the others are skipped.
 */
export function createClusterCheck(ports: ClusterCheckPorts = {}): Check {
  return {
    id: "cluster",
    title: "Kubernetes cluster",
    timeoutMs: TIMEOUT_MS,
    skip: (subject) => needless(subject, ports),
    run: async (context) => {
      const { settings, secrets } = context;
      const clusterId = settings.target === "aks" ? settings.aks?.cluster.existingId : undefined;
      const kubeconfig =
        secrets.kubeconfig ??
        (clusterId === undefined ? undefined : await ports.azureKubeconfig?.(clusterId, context));
      const { findings, cluster } = await connect(context, kubeconfig);
      if (!cluster) return [...findings, ...aspects.map(unseen)];
      const view: ClusterView = {
        client: cluster.client,
        user: cluster.user,
        settings,
        layout: clusterLayout(settings),
        now: context.now,
        signal: context.signal,
      };
      const looked = await Promise.all(
        aspects.map((aspect) => lookAt(aspect, view, ports.lookTimeoutMs ?? LOOK_TIMEOUT_MS)),
      );
      return [...findings, versionFinding(cluster.version), ...looked.flat()] satisfies Finding[];
    },
  };
}

function needless({ settings, secrets }: Subject, ports: ClusterCheckPorts): string | undefined {
  if (settings.target !== "aks") return undefined;
  if (settings.aks?.cluster.existingId === undefined) return "the cluster is made by the deployment";
  return secrets.kubeconfig === undefined && ports.azureKubeconfig === undefined
    ? "the deployment fetches the kubeconfig of `aks.cluster.existingId` from Azure; set the secret `kubeconfig` to look at the cluster before"
    : undefined;
}

/** The check of the cluster. */
export const clusterCheck = createClusterCheck();
