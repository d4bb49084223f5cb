import type { Problem } from "../config/problems";
import type { CheckResult } from "../preflight/run";
import type { StackLock } from "./stack-lock";

/** Every code an error can have, and what it means. Codes are stable: programs branch on them. */
export const errorCodes = {
  SPACELIFT_OPTIONS_INVALID: "The options of the call itself are wrong: a missing or mistyped field.",
  SPACELIFT_CONFIG_INVALID: "The settings or secrets are wrong; `problems` lists every one of them.",
  SPACELIFT_BACKEND_MISSING: "No state backend was given; none is ever guessed.",
  SPACELIFT_BACKEND_UNREACHABLE: "The state backend does not answer or cannot be read.",
  SPACELIFT_PASSPHRASE_MISSING: "The stack's secrets are encrypted with a passphrase and none was given.",
  SPACELIFT_PASSPHRASE_WRONG: "The passphrase does not open the stack's secrets.",
  SPACELIFT_ENGINE_MISSING: "No Pulumi CLI was found, or it is too old.",
  SPACELIFT_STACK_NOT_FOUND: "The backend has no stack of this name.",
  SPACELIFT_STACK_LOCKED: "Another run is changing the stack.",
  SPACELIFT_NOT_DEPLOYED: "The stack is there, but nothing was ever deployed into it.",
  SPACELIFT_PREFLIGHT_FAILED:
    "A check before the deployment failed; `checks` has the results. Nothing was changed.",
  SPACELIFT_CANCELLED: "The caller's signal ended the run. What had begun was finished and is in the state.",
  SPACELIFT_PREVIEW_FAILED: "The plan could not be made. Nothing was changed.",
  SPACELIFT_UPDATE_FAILED:
    "The update failed on the way; `failures` names the resources. Run it again to go on.",
  SPACELIFT_REFRESH_FAILED: "Refreshing the state failed.",
  SPACELIFT_DESTROY_FAILED:
    "The destroy failed on the way; `failures` names the resources. Run it again to go on.",
  SPACELIFT_ENGINE_FAILED: "The engine failed in a way none of the other codes describes.",
} as const;

/** A stable code of a {@link SpaceliftError}. */
export type ErrorCode = keyof typeof errorCodes;

/** A resource the engine could not bring where it belongs. */
export interface ResourceFailure {
  readonly urn: string;
  /** Type token, as `azure-native:storage:StorageAccount`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** What was tried: `create`, `update`, `delete`, … */
  readonly operation: string;
  /** What the provider said. */
  readonly reason: string;
}

/** What an error carries beside its message. */
export interface ErrorDetails {
  /** What to do about it. */
  readonly fix: string;
  readonly cause?: unknown;
  readonly problems?: readonly Problem[];
  readonly failures?: readonly ResourceFailure[];
  readonly checks?: readonly CheckResult[];
  readonly locks?: readonly StackLock[];
}

/**
 * The only error the functions of this package reject with on purpose. Neither its texts nor its cause hold a secret
 * that was given.
 */
export class SpaceliftError extends Error {
  override readonly name = "SpaceliftError";
  /** What to do about it: a sentence or a command. */
  readonly fix: string;
  /** With `SPACELIFT_CONFIG_INVALID`: everything that is wrong. */
  readonly problems: readonly Problem[];
  /** With a failed operation: the resources it failed at. */
  readonly failures: readonly ResourceFailure[];
  /** With `SPACELIFT_PREFLIGHT_FAILED`: the results of every check. */
  readonly checks: readonly CheckResult[];
  /** With `SPACELIFT_STACK_LOCKED`: who holds the stack, as far as the backend says so. */
  readonly locks: readonly StackLock[];

  /** @internal */
  constructor(
    /** Stable: branch on it. */
    readonly code: ErrorCode,
    message: string,
    { fix, cause, problems = [], failures = [], checks = [], locks = [] }: ErrorDetails,
  ) {
    super(message, { cause });
    this.fix = fix;
    this.problems = problems;
    this.failures = failures;
    this.checks = checks;
    this.locks = locks;
  }
}
