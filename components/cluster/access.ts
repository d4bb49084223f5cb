import * as pulumi from "@pulumi/pulumi";
import { type KubeClient, connectCluster } from "../../kubernetes/kube-client";
import type { ClusterAccess } from "../platform/platform";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether the engine was given a Kubernetes provider that already runs: it may serve another cluster than the kubeconfig
 * leads to, or a simulated one.
 */
const isAttached = (env: Environment): boolean =>
  (env["PULUMI_DEBUG_PROVIDERS"] ?? "").split(",").some((entry) => entry.startsWith("kubernetes:"));

/** Whether the program itself may talk to the cluster. */
export const isReachable = (access: ClusterAccess | undefined): access is ClusterAccess =>
  access !== undefined && !isAttached(access.env ?? process.env);

/**
 * Connects to the cluster as the Kubernetes provider does.
 *
 * @throws KubeError when the kubeconfig cannot be used
 */
export async function connect(access: ClusterAccess, signal: AbortSignal): Promise<KubeClient> {
  const kubeconfig = access.kubeconfig === undefined ? undefined : await valueOf(access.kubeconfig);
  return connectCluster({
    // As the provider tells them apart: a path has neither line ends nor braces.
    ...(kubeconfig !== undefined &&
      (/[\n{]/.test(kubeconfig) ? { content: kubeconfig } : { path: kubeconfig })),
    context: access.context,
    env: access.env ?? process.env,
    signal,
  });
}

/** The value of an input, secrets in clear. Never comes for what a preview does not know. */
export const valueOf = <T>(input: pulumi.Input<T>): Promise<pulumi.Unwrap<T>> =>
  new Promise((resolve) => {
    pulumi.output(input).apply(resolve);
  });
