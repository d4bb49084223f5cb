import { z } from "zod";
import { helmRevisions } from "./helm-release";
import { type CallOptions, type KubeClient } from "./kube-client";
import { isKubeError } from "./kube-error";
import { conditionsSchema, helmOwner, metadataSchema, stringMap } from "./values";
import { belongs, type Pod, podSchema, podStatus } from "./pods";

const workloadSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({ selector: z.object({ matchLabels: stringMap }) }),
  status: z.object({ conditions: conditionsSchema }).nullish(),
});
const eventSchema = z.object({
  type: z.string().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
});

const MOST_PODS = 5;
const MOST_EVENTS = 2;
const LOG_LINES = 5;
const MOST_LENGTH = 300;

/** Something of a release that keeps Helm waiting. */
export interface Unready {
  /** `pod spacelift-server-5d4f: CrashLoopBackOff: …` */
  readonly what: string;
  /** Events and the last lines of the container, in full lines. */
  readonly details: readonly string[];
}

/**
 * Which pods of a release are not ready and why, while Helm waits for them; undefined when it does not wait any more: then
 * what there is belongs to its rollback.
 *
 * Lines of containers are what the containers print: mask secrets before they are shown.
 */
export async function findUnready(
  client: KubeClient,
  namespace: string,
  release: string,
  options: CallOptions,
): Promise<readonly Unready[] | undefined> {
  const [newest] = await helmRevisions(client, namespace, release, options);
  if (newest?.status !== "pending-install" && newest?.status !== "pending-upgrade") return undefined;
  const kinds = ["deployments", "statefulsets", "daemonsets"];
  const [pods, ...workloads] = await Promise.all([
    client.list(`/api/v1/namespaces/${namespace}/pods`, podSchema, options),
    ...kinds.map((kind) =>
      client.list(`/apis/apps/v1/namespaces/${namespace}/${kind}`, workloadSchema, options),
    ),
  ]);
  const own = workloads.flat().filter(({ metadata }) => helmOwner(metadata)?.release === release);
  // What a quota or an admission webhook forbids has no pod to tell of it.
  const forbidden = own.flatMap(({ metadata, status }) =>
    (status?.conditions ?? [])
      .filter(({ type, status: value }) => type === "ReplicaFailure" && value === "True")
      .map(({ reason = "", message = "" }) => ({
        what: clipped(`pods of ${metadata.name}: ${reason}: ${message}`),
        details: [],
      })),
  );
  const unready = pods.filter((pod) => own.some((workload) => belongs(pod, workload)) && isAwaited(pod));
  const told = await Promise.all(
    unready.slice(0, MOST_PODS).map((pod) => tellOf(client, namespace, pod, options)),
  );
  const more = unready.length - told.length;
  const rest = more > 0 ? [{ what: `and ${more} more`, details: [] }] : [];
  return [...forbidden, ...told, ...rest];
}

function isAwaited({ metadata, status }: Pod): boolean {
  if (metadata.deletionTimestamp !== undefined || status.phase === "Succeeded") return false;
  return !status.conditions.some(({ type, status: value }) => type === "Ready" && value === "True");
}

async function tellOf(
  client: KubeClient,
  namespace: string,
  pod: Pod,
  options: CallOptions,
): Promise<Unready> {
  const { name } = pod.metadata;
  const { problem, lastExit, restarts } = podStatus(pod);
  const container = [...pod.status.initContainerStatuses, ...pod.status.containerStatuses].find(
    ({ ready, state }) => !ready && state?.terminated?.exitCode !== 0,
  );
  const [events, lines] = await Promise.all([
    warningsOf(client, namespace, name, options),
    container ? linesOf(client, namespace, name, container, options) : [],
  ]);
  const reasons = [
    problem ?? (container ? `container ${container.name} runs and is not ready` : "has not started"),
    ...(restarts > 0 ? [`${restarts} restarts`] : []),
    ...(lastExit === undefined ? [] : [`ended last with ${lastExit}`]),
  ];
  return {
    what: clipped(`pod ${name}: ${reasons.join("; ")}`),
    details: [...events.map((event) => `event: ${event}`), ...lines.map((line) => `log: ${line}`)],
  };
}

async function warningsOf(
  client: KubeClient,
  namespace: string,
  pod: string,
  options: CallOptions,
): Promise<string[]> {
  const events = await client.list(`/api/v1/namespaces/${namespace}/events`, eventSchema, {
    ...options,
    fieldSelector: `involvedObject.kind=Pod,involvedObject.name=${pod},type=Warning`,
  });
  const at = ({ lastTimestamp, eventTime }: z.output<typeof eventSchema>): string =>
    lastTimestamp ?? eventTime ?? "";
  return [...events]
    .sort((a, b) => (at(a) < at(b) ? -1 : 1))
    .slice(-MOST_EVENTS)
    .map(({ reason = "", message = "" }) => clipped(`${reason}: ${message}`));
}

/** The last lines of a container; of one that waits to be started again, those of its last life. */
async function linesOf(
  client: KubeClient,
  namespace: string,
  pod: string,
  { name, restartCount, state }: Pod["status"]["containerStatuses"][number],
  options: CallOptions,
): Promise<string[]> {
  const isBetweenLives = restartCount > 0 && state?.waiting !== undefined;
  if (!isBetweenLives && state?.waiting !== undefined) return [];
  const query = new URLSearchParams({
    container: name,
    tailLines: String(LOG_LINES),
    ...(isBetweenLives && { previous: "true" }),
  });
  try {
    const text = await client.text(
      `/api/v1/namespaces/${namespace}/pods/${pod}/log?${query.toString()}`,
      options,
    );
    return text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .slice(-LOG_LINES)
      .map(clipped);
  } catch (error) {
    // Rights to read logs are a matter of their own, and a container may be gone by now.
    if (isKubeError(error)) return [`cannot be read: ${error.message}`];
    throw error;
  }
}

const clipped = (text: string): string =>
  text.length > MOST_LENGTH ? `${text.slice(0, MOST_LENGTH)}…` : text;
