import type { ErrorCode } from "../automation";

/** What the exit codes of the command line mean, for people. */
export const exitCodes = {
  0: "All went well.",
  1: "The operation failed; what was done until then is in the state, and running it again goes on from there.",
  2: "The command, the configuration or this machine is not as it must be; nothing was changed.",
  3: "A check before the deployment failed; nothing was changed.",
  4: "Another run is changing the stack.",
  5: "There is no such stack, or nothing was deployed into it.",
  6: "The installation is not healthy (`status`).",
  130: "Cancelled, by Ctrl-C or by an answer to a question.",
} as const;

/** An exit code of the command line. */
export type ExitCode = keyof typeof exitCodes;

/** The exit code of each error. */
export const exitCodeOf: Readonly<Record<ErrorCode, ExitCode>> = {
  SPACELIFT_OPTIONS_INVALID: 2,
  SPACELIFT_CONFIG_INVALID: 2,
  SPACELIFT_BACKEND_MISSING: 2,
  SPACELIFT_BACKEND_UNREACHABLE: 1,
  SPACELIFT_PASSPHRASE_MISSING: 2,
  SPACELIFT_PASSPHRASE_WRONG: 2,
  SPACELIFT_ENGINE_MISSING: 2,
  SPACELIFT_STACK_NOT_FOUND: 5,
  SPACELIFT_STACK_LOCKED: 4,
  SPACELIFT_NOT_DEPLOYED: 5,
  SPACELIFT_PREFLIGHT_FAILED: 3,
  SPACELIFT_CANCELLED: 130,
  SPACELIFT_PREVIEW_FAILED: 1,
  SPACELIFT_UPDATE_FAILED: 1,
  SPACELIFT_REFRESH_FAILED: 1,
  SPACELIFT_DESTROY_FAILED: 1,
  SPACELIFT_ENGINE_FAILED: 1,
};

/** The exit code of a check that failed. */
export const CHECK_FAILED: ExitCode = 3;

/** The exit code of an installation that is not healthy. */
export const NOT_HEALTHY: ExitCode = 6;

/** The exit code of a run that was cancelled. */
export const CANCELLED: ExitCode = 130;

/** The exit code of an error that is a bug, as no code describes it. */
export const UNEXPECTED: ExitCode = 1;
