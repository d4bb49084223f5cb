import type { Input } from "@pulumi/pulumi";
import type { Json } from "../json";
import type { PullSecretReference } from "../cluster/namespace";
import { trustedCasDirectory, trustedCasVolume } from "./trust";

/** What the values of the controller's chart are made of. */
export interface ControllerOptions {
  /** Namespaces whose pools it runs. */
  readonly namespaces: readonly string[];
  /** ConfigMap with certificates to trust. @default - those of the image */
  readonly trustedCasConfigMap?: Input<string>;
  /** Who may pull the controller's image. */
  readonly pullSecrets: readonly PullSecretReference[];
  /** Whether node drains wait for runs. */
  readonly budget: boolean;
}

/** Pods that node autoscalers leave alone: the controller would miss messages, and a run would be lost. */
export const staysOnItsNode = {
  "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
  "karpenter.sh/do-not-disrupt": "true",
} as const;

/**
 * More pods than there can be runs, so that none may be evicted. The chart's own "100%" is a share of what the pods'
 * owner should have, which Kubernetes cannot ask a Worker (it has no scale): it would warn at every look
 * (`CalculateExpectedPodCountFailed`) and refuse evictions for the failure alone.
 */
const moreThanAllRuns = 10_000;

/** Values of the controller's chart. Its custom kinds stay when it goes: with them would go the pools of everybody. */
export function controllerValues(options: ControllerOptions): Record<string, unknown> {
  const { trustedCasConfigMap, pullSecrets } = options;
  const manager = {
    resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
    ...(trustedCasConfigMap && {
      extraVolumeMounts: [
        { name: trustedCasVolume, mountPath: trustedCasDirectory, readOnly: true },
      ] satisfies Json,
    }),
  };
  return {
    crds: { install: true, annotations: { "helm.sh/resource-policy": "keep" } },
    ...(options.budget && { pdb: { enabled: true, minAvailable: moreThanAllRuns } }),
    controllerManager: {
      namespaces: options.namespaces,
      podAnnotations: staysOnItsNode,
      ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecrets }),
      manager,
      ...(trustedCasConfigMap && {
        extraVolumes: [{ name: trustedCasVolume, configMap: { name: trustedCasConfigMap } }],
      }),
    },
  };
}
