import { z } from "zod";
import type { ClusterAccess } from "../components/platform/platform";
import { expandPath } from "../config/formats";
import type { PlaintextSecrets } from "../config/secrets";
import type { Settings } from "../config/settings";
import { inClear } from "../engine/protocol";
import type { StackOptions } from "./options";
import { engineEnvironment } from "./workspace/engine-command";
import type { OpenStack } from "./workspace/open-stack";

/** A kubeconfig: its content, or its path. */
export type Kubeconfig = { readonly content: string } | { readonly path: string };

/** The kubeconfig that the configuration names; without one, that of the environment. */
export function namedKubeconfig(
  settings: Settings,
  secrets: PlaintextSecrets,
  directory: string,
): Kubeconfig | undefined {
  if (secrets.kubeconfig !== undefined) return { content: secrets.kubeconfig };
  const path = settings.onprem?.kubernetes.kubeconfigPath;
  return path === undefined ? undefined : { path: expandPath(path, directory) };
}

/**
 * The kubeconfig that the deployment itself used: that of the Kubernetes provider in the state, which Azure gave; undefined
 * before there is a cluster. It is in memory alone.
 */
export async function deployedKubeconfig({
  before,
  exportState,
}: OpenStack): Promise<Kubeconfig | undefined> {
  const provider = before.deployment.resources?.find(({ type }) => type === "pulumi:providers:kubernetes");
  if (!provider) return undefined;
  const state = await exportState({ showSecrets: true });
  const clear = state.deployment.resources?.find(({ urn }) => urn === provider.urn);
  return { content: z.string().parse(inClear(clear?.inputs?.["kubeconfig"]).value) };
}

/** How the cluster of an open stack is reached; undefined before there is one. */
export async function clusterAccess(
  open: OpenStack,
  options: StackOptions,
  subject: { readonly settings: Settings; readonly secrets: PlaintextSecrets; readonly directory: string },
): Promise<ClusterAccess | undefined> {
  const { settings, secrets, directory } = subject;
  const named = namedKubeconfig(settings, secrets, directory);
  const kubeconfig = named ?? (settings.target === "aks" ? await deployedKubeconfig(open) : undefined);
  if (kubeconfig === undefined && settings.target === "aks") return undefined;
  const context = settings.onprem?.kubernetes.context;
  return {
    env: engineEnvironment(options.workspace),
    ...(kubeconfig && { kubeconfig: "content" in kubeconfig ? kubeconfig.content : kubeconfig.path }),
    ...(context !== undefined && { context }),
  };
}
