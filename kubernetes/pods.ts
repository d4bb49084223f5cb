import { z } from "zod";
import { conditionsSchema, metadataSchema } from "./values";

const stateSchema = z
  .object({
    waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
    terminated: z.object({ reason: z.string().optional(), exitCode: z.number() }).optional(),
  })
  .nullish();

const containerStatusSchema = z.object({
  name: z.string(),
  ready: z.boolean(),
  started: z.boolean().nullish(),
  restartCount: z.number().int(),
  state: stateSchema,
  lastState: stateSchema,
});
const containerStatuses = z
  .array(containerStatusSchema)
  .nullish()
  .transform((statuses) => statuses ?? []);

/** A pod, as far as it tells how it is. */
export const podSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({ nodeName: z.string().optional(), containers: z.array(z.object({ image: z.string() })) }),
  status: z.object({
    phase: z.string().optional(),
    reason: z.string().optional(),
    message: z.string().optional(),
    startTime: z.string().optional(),
    conditions: conditionsSchema,
    initContainerStatuses: containerStatuses,
    containerStatuses,
  }),
});

export type Pod = z.output<typeof podSchema>;

/** A pod. */
export interface PodStatus {
  readonly name: string;
  readonly phase: string;
  readonly ready: boolean;
  readonly restarts: number;
  readonly image: string;
  readonly node?: string;
  readonly startedAt?: string;
  /** Why it does not run or is not ready: `ImagePullBackOff: …`. */
  readonly problem?: string;
  /** How it ended the last time: `Error, exit code 1`. */
  readonly lastExit?: string;
}

/** Whether a pod belongs to a Deployment or another workload. */
export function belongs(
  { metadata }: Pod,
  {
    spec,
  }: { readonly spec: { readonly selector: { readonly matchLabels: Readonly<Record<string, string>> } } },
): boolean {
  const selector = Object.entries(spec.selector.matchLabels);
  return selector.length > 0 && selector.every(([key, value]) => metadata.labels[key] === value);
}

export function podStatus({ metadata, spec, status }: Pod): PodStatus {
  const containers = status.containerStatuses;
  const problem = podProblem(status, metadata.deletionTimestamp !== undefined);
  const last = containers.find(({ lastState }) => lastState?.terminated)?.lastState?.terminated;
  return {
    name: metadata.name,
    phase: metadata.deletionTimestamp === undefined ? (status.phase ?? "Unknown") : "Terminating",
    ready: status.conditions.some(({ type, status: value }) => type === "Ready" && value === "True"),
    restarts: containers.reduce((sum, { restartCount }) => sum + restartCount, 0),
    image: spec.containers[0]?.image ?? "",
    ...(spec.nodeName !== undefined && { node: spec.nodeName }),
    ...(status.startTime !== undefined && { startedAt: status.startTime }),
    ...(problem !== undefined && { problem }),
    ...(last && { lastExit: `${last.reason ?? "ended"}, exit code ${last.exitCode}` }),
  };
}

function podProblem(status: Pod["status"], isTerminating: boolean): string | undefined {
  if (isTerminating) return undefined;
  for (const { name, state } of [...status.initContainerStatuses, ...status.containerStatuses]) {
    const { reason, message } = state?.waiting ?? {};
    // These two are what every pod goes through.
    if (reason !== undefined && reason !== "ContainerCreating" && reason !== "PodInitializing") {
      return message === undefined ? reason : `${reason}: ${message}`;
    }
    const ended = state?.terminated;
    if (ended && ended.exitCode !== 0)
      return `${ended.reason ?? "Error"}: ${name} ended with code ${ended.exitCode}`;
  }
  const unscheduled = status.conditions.find(
    ({ type, status: value }) => type === "PodScheduled" && value === "False",
  );
  if (unscheduled) return `${unscheduled.reason ?? "Unschedulable"}: ${unscheduled.message ?? ""}`;
  if (status.phase === "Failed") return `${status.reason ?? "Failed"}: ${status.message ?? ""}`;
  return undefined;
}
