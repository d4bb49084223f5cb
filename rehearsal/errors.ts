/** Says that a rehearsal could not begin: no such stack, an unreadable stack file. */
export class RehearsalSetupError extends Error {
  readonly code = "SPACELIFT_REHEARSAL_SETUP";

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "RehearsalSetupError";
  }
}
