import type { Properties } from "./values";

/** The refusal of a simulated service; its message is what the user reads. */
export class TwinError extends Error {
  /** @param code - code of the service, as `Conflict`; shown before the message. */
  constructor(
    message: string,
    readonly code?: string,
  ) {
    super(code === undefined ? message : `${code}: ${message}`);
    this.name = "TwinError";
  }
}

/** A resource that exists but did not become ready: the engine keeps it in the state and reports the reasons. */
export class PartialFailure extends TwinError {
  constructor(
    readonly id: string,
    readonly outputs: Properties,
    readonly inputs: Properties,
    readonly reasons: readonly string[],
  ) {
    super(reasons.join("; "));
    this.name = "PartialFailure";
  }
}

/** What the engine asks a provider to do to a resource. */
export type Operation = "create" | "read" | "update" | "delete";

/** A failure to inject into the operations that match. */
export interface Fault {
  /** Package name, as `kubernetes`. */
  readonly package: string;
  /** Resource type token; any type when absent. */
  readonly type?: string;
  /** Logical name of the resource; any name when absent. */
  readonly name?: string;
  readonly operation: Operation;
  /** The error text the operation fails with. */
  readonly message: string;
  /** Code of the service, as `429` or `Conflict`; put before the message and readable by a twin that retries. */
  readonly code?: string;
  /**
   * How often it strikes; `Infinity` for always.
   * @default 1
   */
  readonly times?: number;
  /** @default "before" */
  readonly stage?: FaultStage;
}

/**
 * When a failure strikes: instead of the work; after it, as when an answer is lost on the way; or once it is done, with a
 * provider that waits in vain for the resource to become ready, and reports it as there but unfinished.
 */
export type FaultStage = "before" | "after" | "unready";

/** An operation that is about to be carried out, or has been. */
export interface Attempt {
  readonly package: string;
  readonly type: string;
  readonly name: string;
  readonly operation: Operation;
}

/** Decides which operations fail. */
export interface FaultSource {
  /** Throws when an attempt is to fail at this stage. */
  strike(attempt: Attempt, stage: FaultStage): void;
}

/** The faults still to strike. */
export class FaultPlan implements FaultSource {
  private readonly remaining: Map<Fault, number>;

  constructor(faults: readonly Fault[] = []) {
    this.remaining = new Map(faults.map((fault) => [fault, fault.times ?? 1]));
  }

  /** Throws the first fault that matches an attempt at this stage, and counts it. */
  strike(attempt: Attempt, stage: FaultStage): void {
    for (const [fault, times] of this.remaining) {
      if (times <= 0 || (fault.stage ?? "before") !== stage || !matches(fault, attempt)) continue;
      this.remaining.set(fault, times - 1);
      throw new TwinError(fault.message, fault.code);
    }
  }
}

/** Failures as what decides about them. */
export const faultSource = (faults: readonly Fault[] | FaultSource = []): FaultSource =>
  "strike" in faults ? faults : new FaultPlan(faults);

function matches(fault: Fault, attempt: Attempt): boolean {
  return (
    fault.package === attempt.package &&
    fault.operation === attempt.operation &&
    (fault.type === undefined || fault.type === attempt.type) &&
    (fault.name === undefined || fault.name === attempt.name)
  );
}
