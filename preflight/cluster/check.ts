import { z } from "zod";
import type { Settings } from "../../config/settings";
import type { KubeClient } from "../../kubernetes/kube-client";
import { isKubeError } from "../../kubernetes/kube-error";
import { helmOwner, type Metadata, metadataSchema } from "../../kubernetes/values";
import { TimeLimitError, within } from "../../peers/time";
import { type Finding, FindingBuilder } from "../check";
import type { ClusterLayout, PlannedRelease } from "./layout";

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

/** One thing to look at in a cluster: its id, its title and a function. */
export class ClusterCheck extends FindingBuilder {
  constructor(
    id: string,
    title: string,
    /** Rejections of the client become findings; what is expected to go wrong is returned. */
    readonly run: (view: ClusterView) => Promise<readonly Finding[]>,
  ) {
    super(id, title);
  }
}

/** Runs a check with a limit of time. What may not be read is skipped: others of the caller's rights matter more. */
export async function runClusterCheck(
  check: ClusterCheck,
  view: ClusterView,
  timeoutMs: number,
): Promise<readonly Finding[]> {
  try {
    return await within({ timeoutMs, signal: view.signal }, (signal) => check.run({ ...view, signal }));
  } catch (error) {
    const { server } = view.client;
    const fix = `see that ${server} answers reliably from here, then try again`;
    if (error instanceof TimeLimitError) return [check.failed(`${server} did not answer in time`, fix)];
    if (!isKubeError(error)) throw error;
    if (error.kind === "forbidden") return [check.skipped(`may not be looked at: ${error.message}`)];
    return [check.failed(error.message, fix)];
  }
}

/** Whether Helm created an object for a release of this installation. */
export function isOwned(metadata: Metadata, release: PlannedRelease): boolean {
  const owner = helmOwner(metadata);
  return owner?.release === release.name && owner.namespace === release.namespace;
}

/** `the Helm release cert-manager in namespace security`. */
export function ownerText(metadata: Metadata): string {
  const owner = helmOwner(metadata);
  return owner
    ? `the Helm release ${owner.release} in namespace ${owner.namespace}`
    : "nothing that Helm knows of";
}

const definitionSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({ versions: z.array(z.object({ name: z.string(), served: z.boolean() })) }),
});

export type Definition = z.output<typeof definitionSchema>;

/** Reads a definition; undefined when there is none. */
export const findDefinition = (
  { client, signal }: ClusterView,
  kind: string,
): Promise<Definition | undefined> =>
  client.find(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${kind}`, definitionSchema, {
    signal,
  });
