import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import { isDefaultProvider, isFilled, nameOf, STACK_TYPE, typeOf } from "../../engine/protocol";
import type { ResourceFailure } from "../errors";
import type { EventResource, MessageEvent, PendingResource, ResourceEvent, SpaceliftEvent } from "../events";
import type { Redact } from "../../peers/redact";
import { readProgressLine, withoutProgress } from "../../images/progress";
import { slownessOf } from "./slow";

/** What a tracker works with. */
export interface TrackerOptions {
  /** Masks secrets in what providers say. */
  readonly redact: Redact;
  readonly emit: (event: SpaceliftEvent) => void;
  /** Milliseconds since the call began. */
  readonly elapsed: () => number;
  /** How many resources there are in all, when that is known. */
  readonly total?: number;
  /** Whether the engine only plans. @default false */
  readonly planning?: boolean;
}

interface InFlight {
  readonly resource: EventResource;
  readonly operation: string;
  readonly since: number;
}

/** Operations younger than this are not worth a word. */
const WORTH_A_WORD_MS = 5_000;

const MINUTE_MS = 60_000;

/** Follows one operation of the engine: tells what happens, and remembers what failed. */
export class Tracker {
  private readonly inFlight = new Map<string, InFlight>();
  private readonly finished = new Set<string>();
  private readonly seen = new Map<string, ResourceEvent>();
  private readonly errors = new Map<string, string[]>();
  private readonly failed = new Map<string, Omit<ResourceFailure, "reason">>();
  private readonly counts: Record<string, number> = {};

  constructor(private readonly options: TrackerOptions) {}

  /** Takes an event of the engine. */
  handle(event: EngineEvent): void {
    const { diagnosticEvent, resourcePreEvent, resOutputsEvent, resOpFailedEvent, summaryEvent } = event;
    if (diagnosticEvent) {
      const { severity, message, urn } = diagnosticEvent;
      // What a provider says for the moment alone; of that, how far a push is.
      if (diagnosticEvent.ephemeral === true) this.follow(message, urn);
      else this.say(severity, message, urn);
    }
    if (resourcePreEvent) this.begin(resourcePreEvent.metadata);
    if (resOutputsEvent) this.end(resOutputsEvent.metadata, "done");
    if (resOpFailedEvent) this.end(resOpFailedEvent.metadata, "failed");
    if (summaryEvent) Object.assign(this.counts, summaryEvent.resourceChanges);
  }

  /** Tells what is being waited for, when anything is worth a word. */
  heartbeat(): void {
    const waitingFor = this.pending().filter(({ sinceMs }) => sinceMs >= WORTH_A_WORD_MS);
    if (waitingFor.length === 0) return;
    const elapsedMs = this.options.elapsed();
    this.options.emit({ kind: "waiting", waitingFor, elapsedMs, ...this.position() });
  }

  /** How many resources met which fate, as the engine counts them. */
  get changes(): Readonly<Record<string, number>> {
    return this.counts;
  }

  /** What was done to each resource, in the order in which it was finished. */
  get steps(): readonly ResourceEvent[] {
    return [...this.seen.values()];
  }

  /** The resources the engine failed at, each with what was said about it. */
  get failures(): readonly ResourceFailure[] {
    return [...this.failed.values()].map((failure) => ({
      ...failure,
      reason: (this.errors.get(failure.urn) ?? []).join("\n") || "the provider gave no reason",
    }));
  }

  /** What was said in errors that belong to no failed resource. */
  get complaints(): readonly string[] {
    return [...this.errors].filter(([urn]) => !this.failed.has(urn)).flatMap(([, messages]) => messages);
  }

  private pending(): readonly PendingResource[] {
    return [...this.inFlight.values()]
      .sort((a, b) => a.since - b.since)
      .map(({ resource, operation, since }) => {
        const known = slownessOf(resource.type, operation);
        return {
          ...resource,
          operation,
          sinceMs: Math.round(performance.now() - since),
          ...(known && {
            why: known.why,
            usualMs: [known.minutes[0] * MINUTE_MS, known.minutes[1] * MINUTE_MS] as const,
          }),
        };
      });
  }

  private position(): { readonly done: number; readonly total?: number } {
    const { total } = this.options;
    return {
      done: this.finished.size,
      ...(total !== undefined && { total: Math.max(total, this.finished.size) }),
    };
  }

  private begin(metadata: StepEventMetadata): void {
    const resource = subjectOf(metadata);
    if (resource === undefined || this.options.planning === true) return;
    const { op } = metadata;
    // Components are registered at once and wait for nothing themselves.
    if ((metadata.new ?? metadata.old)?.custom === true) {
      this.inFlight.set(keyOf(metadata), { resource, operation: op, since: performance.now() });
    }
    this.tell(metadata, resource, "started");
  }

  private end(metadata: StepEventMetadata, status: "done" | "failed"): void {
    const resource = subjectOf(metadata);
    if (resource === undefined) return;
    const begun = this.inFlight.get(keyOf(metadata));
    this.inFlight.delete(keyOf(metadata));
    if (status === "done") this.finished.add(resource.urn);
    else {
      const { urn, type, name } = resource;
      this.failed.set(urn, { urn, type, name, operation: metadata.op });
    }
    const done = this.options.planning === true && status === "done" ? "planned" : status;
    this.tell(metadata, resource, done, begun && Math.round(performance.now() - begun.since));
  }

  private tell(
    metadata: StepEventMetadata,
    resource: EventResource,
    status: ResourceEvent["status"],
    durationMs?: number,
  ): void {
    const { op, diffs, keys } = metadata;
    const event: ResourceEvent = {
      kind: "resource",
      status,
      resource,
      operation: op,
      elapsedMs: this.options.elapsed(),
      ...this.position(),
      ...(durationMs !== undefined && { durationMs }),
      ...(isFilled(diffs) && { diffs }),
      ...(isFilled(keys) && { replaceKeys: keys }),
    };
    // Components report their end twice: when they are registered and when their outputs are.
    const repeated = status !== "started" && this.seen.has(keyOf(metadata));
    if (status !== "started") this.seen.set(keyOf(metadata), event);
    if (!repeated) this.options.emit(event);
  }

  private follow(message: string, urn = ""): void {
    const progress = readProgressLine(message);
    if (progress === undefined || urn === "") return;
    const elapsedMs = this.options.elapsed();
    this.options.emit({ kind: "push", ...progress, resource: resourceOf(urn), elapsedMs });
  }

  private say(severity: string, raw: string, urn = ""): void {
    // The SDK's debug messages spell secrets out: they go nowhere.
    if (severity === "debug") return;
    const message = withoutProgress(this.options.redact(raw)).trim();
    if (message === "") return;
    if (severity === "error") this.errors.set(urn, [...(this.errors.get(urn) ?? []), message]);
    const resource = urn === "" || typeOf(urn) === STACK_TYPE ? undefined : resourceOf(urn);
    const level: MessageEvent["severity"] =
      severity === "error" || severity === "warning" ? severity : "info";
    this.options.emit({
      kind: "message",
      severity: level,
      message,
      elapsedMs: this.options.elapsed(),
      ...(resource && { resource }),
    });
  }
}

const keyOf = ({ op, urn }: StepEventMetadata): string => `${op} ${urn}`;

const resourceOf = (urn: string, parent = ""): EventResource => ({
  urn,
  type: typeOf(urn),
  name: nameOf(urn),
  parent: typeOf(parent) === STACK_TYPE ? "" : parent,
});

/** The resource of a step; undefined for the stack and for providers the engine makes by itself. */
function subjectOf(metadata: StepEventMetadata): EventResource | undefined {
  const { urn, type } = metadata;
  if (type === STACK_TYPE || isDefaultProvider(type, nameOf(urn))) return undefined;
  return resourceOf(urn, (metadata.new ?? metadata.old)?.parent);
}
