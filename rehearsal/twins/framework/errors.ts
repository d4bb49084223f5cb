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
