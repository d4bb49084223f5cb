import type { Settings } from "../../../../config/settings";
import type { KubeClient } from "../../../../kubernetes/kube-client";
import { isKubeError } from "../../../../kubernetes/kube-error";
import { failed, type Finding, type FindingName, skipped } from "../../check";
import type { ClusterLayout } from "./layout";

/** A cluster that answers, and what is to be put into it. */
export interface ClusterView {
  readonly client: KubeClient;
  readonly settings: Settings;
  readonly layout: ClusterLayout;
  /** Name the caller has in the cluster, where it tells. */
  readonly user: string | undefined;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** One thing to look at in a cluster. */
export interface Aspect extends FindingName {
  /** Rejections of the client become findings; what is expected to go wrong is returned. */
  readonly look: (view: ClusterView) => Promise<readonly Finding[]>;
}

/** Looks at one thing, with a limit of time. What may not be read is skipped: others of the caller's rights matter more. */
export async function lookAt(
  { id, title, look }: Aspect,
  view: ClusterView,
  timeoutMs: number,
): Promise<readonly Finding[]> {
  const signal = AbortSignal.any([view.signal, AbortSignal.timeout(timeoutMs)]);
  try {
    return await look({ ...view, signal });
  } catch (error) {
    if (!isKubeError(error)) throw error;
    if (error.kind === "forbidden") return [skipped({ id, title }, `may not be looked at: ${error.message}`)];
    const fix = `see that ${view.client.server} answers reliably from here, then try again`;
    return [failed({ id, title }, error.message, fix)];
  }
}

/** `release cert-manager in namespace security`, or words for an object that Helm did not make. */
export const ownerText = (owner: { release: string; namespace: string } | undefined): string =>
  owner ? `the Helm release ${owner.release} in namespace ${owner.namespace}` : "nothing that Helm knows of";
