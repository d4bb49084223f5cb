import { z } from "zod";
import { connect, isReachable } from "../components/cluster/access";
import { clearTheWay, type ClearingOptions } from "../components/cluster/release-clearing";
import type { WantedRelease } from "../components/cluster/release-recovery";
import type { ClusterAccess } from "../components/platform/platform";
import type { StackState, StateResource } from "../engine/protocol";
import { helmRevisions } from "../kubernetes/helm-release";
import type { KubeClient } from "../kubernetes/kube-client";
import { isKubeError } from "../kubernetes/kube-error";
import { asCreated, begunCreations } from "./begun-creations";
import { SpaceliftError } from "./errors";
import type { Run } from "./run";
import type { OpenStack } from "./workspace/open-stack";

const RELEASE = "kubernetes:helm.sh/v3:Release";
const releaseInputs = z.looseObject({
  name: z.string(),
  namespace: z.string(),
  chart: z.string(),
  timeout: z.number().default(300),
});

/** A release of the stack that a killed run has left in the middle of something. */
interface Unfinished {
  readonly release: WantedRelease;
  readonly resource: StateResource;
  readonly status: string;
}

/** What killed runs have left of the releases of a stack. */
export interface UnfinishedReleases {
  /** Puts it right: takes away what is not complete, or records it as failed, and gives what is to go into the state. */
  readonly settle: () => Promise<readonly StateResource[]>;
}

/**
 * Looks for releases that a killed run has left in the middle of an installation or update, and says what it found. Changes
 * nothing yet.
 */
export async function findUnfinishedReleases(
  run: Run,
  open: OpenStack,
  access: ClusterAccess | undefined,
): Promise<UnfinishedReleases> {
  const candidates = candidatesOf(open.before);
  const signal = run.signal ?? new AbortController().signal;
  const nothing = { settle: () => Promise.resolve([]) };
  if (candidates.length === 0 || !isReachable(access)) return nothing;
  const say = run.warn;
  try {
    const client = await connect(access, signal);
    const found = await Promise.all(candidates.map((each) => withStatus(client, each, signal)));
    const unfinished = found.flatMap((each) => each ?? []);
    for (const { release, status } of unfinished) say(finding(release, status));
    return { settle: () => settle(client, unfinished, { signal, say }) };
  } catch (error) {
    if (!isKubeError(error)) throw error;
    say(`Whether a killed run has left a release unfinished cannot be seen: ${error.message}.`);
    return nothing;
  }
}

/** Releases of the state, and those that were being made when a run was killed. */
export function candidatesOf(state: StackState): Omit<Unfinished, "status">[] {
  const resources = state.deployment.resources ?? [];
  const of = (resource: StateResource, operation: "update" | "adopt"): Omit<Unfinished, "status">[] => {
    const inputs = releaseInputs.safeParse(resource.inputs);
    if (resource.type !== RELEASE || !inputs.success) return [];
    const { name, namespace, chart, timeout } = inputs.data;
    const release = { operation, name, namespace, chart, timeoutSeconds: timeout, values: {} };
    return [{ resource, release }];
  };
  return [
    ...resources.flatMap((resource) => of(resource, "update")),
    ...begunCreations(state).flatMap((resource) => of(resource, "adopt")),
  ];
}

async function withStatus(
  client: KubeClient,
  candidate: Omit<Unfinished, "status">,
  signal: AbortSignal,
): Promise<Unfinished | undefined> {
  const { namespace, name, operation } = candidate.release;
  const [newest] = await helmRevisions(client, namespace, name, { signal });
  // One that failed is in nobody's way, and one that is deployed only in that of its own creation.
  if (!newest || newest.status === "failed" || (newest.status === "deployed" && operation === "update"))
    return undefined;
  return { ...candidate, status: newest.status };
}

const finding = ({ name, namespace, operation }: WantedRelease, status: string): string => {
  const where = operation === "adopt" ? ", and the state does not know it" : "";
  return `A run that did not end has left the release "${name}" in the namespace "${namespace}" ${status}${where}.`;
};

async function settle(
  client: KubeClient,
  unfinished: readonly Unfinished[],
  options: ClearingOptions,
): Promise<readonly StateResource[]> {
  const adopted: StateResource[] = [];
  for (const { release, resource } of unfinished) {
    const { outcome, message } = await clearTheWay(client, release, options);
    if (outcome === "refused") {
      throw new SpaceliftError("SPACELIFT_UPDATE_FAILED", message, {
        fix: `look at it with \`helm --namespace ${release.namespace} history ${release.name}\``,
      });
    }
    await options.say(message);
    if (outcome === "adopt") adopted.push(asCreated(resource, `${release.namespace}/${release.name}`));
  }
  return adopted;
}
