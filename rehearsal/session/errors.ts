import type { RehearsalSummary } from "./summary";

/** Says that a rehearsal could not begin: no such stack, an unreadable stack file, no engine command. */
export class RehearsalSetupError extends Error {
  readonly code = "SPACELIFT_REHEARSAL_SETUP";

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "RehearsalSetupError";
  }
}

/** Says that an operation of a rehearsal failed; `summary` holds everything it did and said until then. */
export class RehearsalError extends Error {
  readonly code = "SPACELIFT_REHEARSAL_FAILED";

  constructor(readonly summary: RehearsalSummary) {
    const said = summary.diagnostics.filter((line) => line.startsWith("error: "));
    const why = said.length > 0 ? said : summary.diagnostics;
    super([`${summary.operation} failed`, ...why].join("\n"));
    this.name = "RehearsalError";
  }
}
