import { setTimeout as pause } from "node:timers/promises";
import {
  findHelmRecord,
  forgetHelmRelease,
  helmRevisions,
  markHelmFailed,
} from "../../kubernetes/helm-release";
import type { KubeClient } from "../../kubernetes/kube-client";
import { isKubeError } from "../../kubernetes/kube-error";
import { releaseProgress } from "../../kubernetes/release-progress";
import { type ReleaseEvidence, remedyFor, type WantedRelease } from "./release-recovery";

export interface ClearingOptions {
  readonly signal: AbortSignal;
  /** Tells what is waited for, while it is. */
  readonly say: (message: string) => Promise<void> | void;
  /** How often a release that somebody else holds is looked at, in milliseconds. @default 5000 */
  readonly lookMs?: number;
}

export interface Clearing {
  /** `cleared`: Helm takes the next operation. `adopt`: it is to be written into the state. `refused`: nothing was changed. */
  readonly outcome: "cleared" | "adopt" | "refused";
  /** What was found and done, as sentences. */
  readonly message: string;
}

/**
 * Waits for whoever may hold a release, and then takes away what a killed run has left of its records. Touches no pod.
 *
 * @throws KubeError when the cluster cannot be looked at
 */
export async function clearTheWay(
  client: KubeClient,
  wanted: WantedRelease,
  { signal, say, lookMs = 5_000 }: ClearingOptions,
): Promise<Clearing> {
  const { name, namespace } = wanted;
  const release = `The release "${name}" in the namespace "${namespace}"`;
  let readySince: number | undefined;
  let watched: Watch["watched"];
  let hasSaid = false;
  for (;;) {
    const evidence = await look(client, wanted, signal, { readySince, watched });
    if (evidence === undefined) return { outcome: "cleared", message: `${release} is gone.` };
    readySince = evidence.progress === "ready" ? (readySince ?? performance.now()) : undefined;
    const { newest } = evidence;
    const what = recordOf(newest);
    watched = watched?.what === what ? watched : { what, since: performance.now() };
    const left = `${release} was left by a run that did not end: revision ${newest.revision} is ${newest.status}`;
    const remedy = remedyFor(wanted, evidence);
    switch (remedy.kind) {
      case "refuse":
        return {
          outcome: "refused",
          message: `${remedy.problem}. Nothing was changed. ${wayOut(wanted)}`,
        };
      case "adopt":
        return { outcome: "adopt", message: `${left}. It is taken into the state as it is.` };
      case "forget":
        await forgetHelmRelease(client, namespace, name, { signal });
        return { outcome: "cleared", message: `${left}. Its objects are taken over as they are.` };
      case "mark-failed":
        if (await hasMarked(client, namespace, newest, signal))
          return { outcome: "cleared", message: `${left}. It is recorded as failed, and is deployed again.` };
        break;
      case "wait":
        if (!hasSaid)
          await say(
            `${release} is ${newest.status}, and whoever began that may still be at it. Waiting for its end, at most until ${remedy.until.toISOString()}.`,
          );
        hasSaid = true;
    }
    await pause(lookMs, undefined, { signal });
  }
}

/** Whether the record could be marked: not when somebody has written it after all. */
async function hasMarked(
  client: KubeClient,
  namespace: string,
  record: ReleaseEvidence["newest"],
  signal: AbortSignal,
): Promise<boolean> {
  const description = `Left ${record.status} by a run that did not end`;
  try {
    await markHelmFailed(client, namespace, record, description, { signal });
    return true;
  } catch (error) {
    if (isKubeError(error, "conflict")) return false;
    throw error;
  }
}

/** What is known of a release from looks before, by a clock that nobody sets. */
interface Watch {
  readonly readySince: number | undefined;
  readonly watched: { readonly what: string; readonly since: number } | undefined;
}

const secondsSince = (moment: number | undefined): number =>
  moment === undefined ? 0 : (performance.now() - moment) / 1000;

const recordOf = ({ revision, status, updated }: ReleaseEvidence["newest"]): string =>
  `${revision} ${status} ${updated ?? ""}`;

async function look(
  client: KubeClient,
  { name, namespace }: WantedRelease,
  signal: AbortSignal,
  { readySince, watched }: Watch,
): Promise<ReleaseEvidence | undefined> {
  const [first, ...older] = await helmRevisions(client, namespace, name, { signal });
  const newest = first && (await findHelmRecord(client, namespace, first, { signal }));
  if (newest === undefined) return undefined;
  const progress = await releaseProgress(client, namespace, newest, { signal });
  return {
    newest,
    older,
    progress,
    readySeconds: secondsSince(readySince),
    watchedSeconds: secondsSince(watched?.what === recordOf(newest) ? watched.since : undefined),
    now: new Date(),
  };
}

const wayOut = ({ name, namespace }: WantedRelease): string =>
  `Run \`spacelift up\`, which takes what a killed run has installed into the state; or go back to the settings it was installed with. ` +
  `One that another program has installed goes with \`helm --namespace ${namespace} uninstall ${name}\`.`;
