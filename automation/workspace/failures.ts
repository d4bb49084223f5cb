import { SpaceliftError, type ErrorCode, type ResourceFailure } from "../errors";
import type { Redact } from "../../peers/redact";
import { describeLock, locksIn } from "../stack-lock";
import { EngineCommandError } from "./engine-command";

/** What is known when a command of the engine has failed. */
export interface FailureContext {
  readonly stack: string;
  readonly backend: string;
  readonly redact: Redact;
  readonly signal?: AbortSignal | undefined;
  /** What the failure is, when it is none of the well-known ones. */
  readonly otherwise: ErrorCode;
  readonly failures?: readonly ResourceFailure[];
  /** Errors that belong to no resource. */
  readonly complaints?: readonly string[];
}

interface KnownFailure {
  readonly code: ErrorCode;
  /** How the engine words it. */
  readonly pattern: RegExp;
  readonly message: (context: FailureContext) => string;
  readonly fix: (context: FailureContext) => string;
}

const known: readonly KnownFailure[] = [
  {
    code: "SPACELIFT_PASSPHRASE_WRONG",
    pattern: /incorrect passphrase/,
    message: ({ stack }) => `the passphrase does not open the secrets of the stack "${stack}"`,
    fix: () => "give the passphrase the stack was created with",
  },
  {
    code: "SPACELIFT_PASSPHRASE_MISSING",
    pattern: /passphrase must be set/,
    message: ({ stack }) =>
      `the secrets of the stack "${stack}" are encrypted with a passphrase, and none was given`,
    fix: () => "give `workspace.secretsProvider: { passphrase }`",
  },
  {
    code: "SPACELIFT_STACK_NOT_FOUND",
    pattern: /no stack named .* found/,
    message: ({ stack, backend }) => `"${backend}" has no stack "${stack}"`,
    fix: () => "correct the name or the backend, or deploy it first",
  },
];

const fixes: Readonly<Partial<Record<ErrorCode, string>>> = {
  SPACELIFT_BACKEND_UNREACHABLE:
    "see that the address is right, reachable from here and open to the credentials in use",
  SPACELIFT_UPDATE_FAILED: "fix what the failures name and run it again: it continues where it stopped",
  SPACELIFT_DESTROY_FAILED: "fix what the failures name and run it again: it continues where it stopped",
  SPACELIFT_PREVIEW_FAILED: "fix what the message names and run it again; nothing was changed",
  SPACELIFT_REFRESH_FAILED: "fix what the message names and run it again",
};

/** Turns what a call of the engine rejected with into the error that leaves this package. */
export function asSpaceliftError(error: unknown, context: FailureContext): SpaceliftError {
  if (error instanceof SpaceliftError) return error;
  const { signal, redact, otherwise, failures = [], complaints = [] } = context;
  const said = redact(saidBy(error));
  const cause = new Error(said);
  if (signal?.aborted === true) {
    return new SpaceliftError("SPACELIFT_CANCELLED", "the run was cancelled", {
      fix: "run it again: what had begun was finished and is in the state",
      cause,
      failures,
    });
  }
  if (LOCKED.test(said)) return locked(context.stack, said, cause);
  const match = known.find(({ pattern }) => pattern.test(said));
  if (match)
    return new SpaceliftError(match.code, match.message(context), { fix: match.fix(context), cause });
  return new SpaceliftError(otherwise, messageOf(context, said), {
    fix: lostImages(context) ?? fixes[otherwise] ?? "read the cause",
    cause,
    failures: failures.map((failure) => ({ ...failure, reason: redact(failure.reason) })),
    ...(complaints.length > 0 && { cause: new Error(redact(complaints.join("\n"))) }),
  });
}

const LOCKED = /the stack is currently locked by|Another update is currently in progress/;

function locked(stack: string, said: string, cause: Error): SpaceliftError {
  const locks = locksIn(said);
  const holders = locks.map(describeLock).join(", ");
  const message =
    locks.length > 0
      ? `the stack "${stack}" is locked by ${holders}`
      : `another run is changing the stack "${stack}"`;
  const release = `release the lock: \`releaseStackLock\`, or \`pulumi cancel --stack ${stack}\``;
  const isDead = locks.length > 0 && locks.every(({ holder }) => holder === "gone");
  return new SpaceliftError("SPACELIFT_STACK_LOCKED", message, {
    fix: isDead ? release : `wait until it has ended; if it was killed, ${release}`,
    cause,
    locks,
  });
}

/**
 * What to do when an image is in no registry and on no machine any more: loading it counts as done, so that nothing but a
 * replacement loads it again.
 */
function lostImages({ stack, failures = [] }: FailureContext): string | undefined {
  const loads = failures
    .filter(({ type, reason }) => type === PUSHED_IMAGE && reason.includes("does not exist locally"))
    .map(({ urn }) =>
      urn.replace(PUSHED_IMAGE, "command:local:Command").replace(/::([^:]+)-(\w+)$/, "::$1-load-$2"),
    );
  if (loads.length === 0) return undefined;
  const replace = loads.map((urn) => `--replace '${urn}'`).join(" ");
  return `load the images again, on a machine with the archive: \`pulumi up --stack ${stack} ${replace}\``;
}

const PUSHED_IMAGE = "docker:index/registryImage:RegistryImage";

function messageOf(
  { stack, backend, otherwise, failures = [], complaints = [], redact }: FailureContext,
  said: string,
): string {
  if (otherwise === "SPACELIFT_BACKEND_UNREACHABLE")
    return `the state backend "${redact(backend)}" cannot be used: ${said}`;
  const names = failures.map(({ operation, type, name }) => `${operation} of ${type} "${name}"`);
  if (names.length > 0) return `the stack "${stack}": ${names.join(", ")} failed`;
  return `the stack "${stack}": ${redact(complaints[0] ?? said)}`;
}

/** What the engine said last: its errors, without the listing of resources before them. */
function saidBy(error: unknown): string {
  if (!(error instanceof EngineCommandError)) return error instanceof Error ? error.message : String(error);
  const { stderr, stdout } = error.result;
  const lines = (stderr.trim() === "" ? stdout : stderr).trim().split("\n");
  return lines
    .slice(-20)
    .join("\n")
    .replace(/^error: /, "");
}
