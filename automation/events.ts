import type { ResourceName } from "../engine/protocol";
import type { PushProgress } from "../images/progress";
import type { CheckResult } from "../preflight/run";

/** A stretch of a run. */
export type Phase =
  "configuration" | "workspace" | "preflight" | "preview" | "update" | "refresh" | "destroy" | "outputs";

/** What happens during a run, as it happens. Times are in milliseconds; no event holds a secret that was given. */
export type SpaceliftEvent =
  PhaseEvent | CheckEvent | PlanEvent | ResourceEvent | PushEvent | WaitingEvent | MessageEvent;

interface Timed {
  /** Since the call began. */
  readonly elapsedMs: number;
}

/** A phase begins. */
export interface PhaseEvent extends Timed {
  readonly kind: "phase";
  readonly phase: Phase;
}

/** A check of the preflight has a result. */
export interface CheckEvent extends Timed {
  readonly kind: "check";
  readonly check: CheckResult;
}

/** The plan is made: what the update is going to do. */
export interface PlanEvent extends Timed {
  readonly kind: "plan";
  /** How many resources meet which fate (`create`, `update`, `delete`, `replace`, `same`); absent fates have no key. */
  readonly changes: Readonly<Record<string, number>>;
}

/** A resource of the stack. */
export interface EventResource extends ResourceName {
  readonly urn: string;
  /** URN of the parent; empty for what hangs on the stack. */
  readonly parent: string;
}

/** The engine begins with a resource, has done with it or has failed at it; in the phase `preview`, has planned it. */
export interface ResourceEvent extends Timed {
  readonly kind: "resource";
  readonly status: "planned" | "started" | "done" | "failed";
  readonly resource: EventResource;
  /** The engine's word: `create`, `update`, `same`, `delete`, `replace`, `refresh`, `read`, … */
  readonly operation: string;
  /** How many resources are done with, or planned. */
  readonly done: number;
  /** How many there are in all, where that is known beforehand. */
  readonly total?: number;
  /** How long the operation took; absent when it has only begun. */
  readonly durationMs?: number;
  /** Properties that differ. */
  readonly diffs?: readonly string[];
  /** Properties that make it a replacement. */
  readonly replaceKeys?: readonly string[];
}

/** An image that is pushed straight from the archive got further. */
export interface PushEvent extends Timed, PushProgress {
  readonly kind: "push";
  readonly resource: EventResource;
}

/** A resource that takes its time. */
export interface PendingResource extends EventResource {
  readonly operation: string;
  /** How long it has been going on. */
  readonly sinceMs: number;
  /** Why it is slow, where that is known: "Azure makes the nodes". */
  readonly why?: string;
  /** How long it usually takes, from and to, where that is known. */
  readonly usualMs?: readonly [from: number, to: number];
}

/** A sign of life while something slow goes on. */
export interface WaitingEvent extends Timed {
  readonly kind: "waiting";
  /** The longest-running first. */
  readonly waitingFor: readonly PendingResource[];
  readonly done: number;
  readonly total?: number;
}

/** The program, a provider or the engine says something. */
export interface MessageEvent extends Timed {
  readonly kind: "message";
  readonly severity: "info" | "warning" | "error";
  readonly message: string;
  /** What it is about, when it is about one resource. */
  readonly resource?: EventResource;
}
