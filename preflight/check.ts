import type { X509Certificate } from "node:crypto";
import type { CheckedConfiguration } from "../config/load";
import { connectionProblem, isConnectionError } from "../peers/connection";
import { dateOf, daysBetween } from "../peers/time";

/** What one look at the world found. */
export type Finding = FindingName & (GoodFinding | BadFinding);

export interface FindingName {
  /** Stable name: the check's id and what was looked at, `database.version`. */
  readonly id: string;
  /** What was looked at, for people: `Version of Postgres`. */
  readonly title: string;
}

interface GoodFinding {
  /** `skipped`: could not or need not be looked at. */
  readonly status: "passed" | "skipped";
  /** What was found, or why nothing was looked at: lower case, no final period, no secret. */
  readonly reason: string;
  readonly fix?: never;
}

interface BadFinding {
  /** `failed`: a deployment would fail or not work. `warning`: it may. */
  readonly status: "failed" | "warning";
  /** What is wrong: lower case, no final period, no secret. */
  readonly reason: string;
  /** The command, line or action that fixes it. */
  readonly fix: string;
}

/** Makes the findings about one thing: `finding("docker.daemon", "Docker daemon").failed(reason, fix)`. */
export class FindingBuilder implements FindingName {
  constructor(
    readonly id: string,
    readonly title: string,
  ) {}

  passed(reason: string): Finding {
    return { id: this.id, title: this.title, status: "passed", reason };
  }

  skipped(reason: string): Finding {
    return { id: this.id, title: this.title, status: "skipped", reason };
  }

  warning(reason: string, fix: string): Finding {
    return { id: this.id, title: this.title, status: "warning", reason, fix };
  }

  failed(reason: string, fix: string): Finding {
    return { id: this.id, title: this.title, status: "failed", reason, fix };
  }

  /** A part of what is looked at: `azure.names` has `azure.names.group`. */
  part(id: string, what: string): FindingBuilder {
    return new FindingBuilder(`${this.id}.${id}`, `${this.title}: ${what}`);
  }
}

export const finding = (id: string, title: string): FindingBuilder => new FindingBuilder(id, title);

/** The first finding of a table of conditions, whose last row holds when no other does. */
export function firstOf(...rows: readonly [...(Finding | undefined | false)[], Finding]): Finding {
  for (const row of rows) if (row) return row;
  throw new Error("bug: a table of findings without a last row");
}

/** What is said of several items together, by what they have in common, in the order of the first of each. */
export function groupBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

/**
 * Asks a peer that has answered once for more; where it does not answer any more, that is what was found.
 *
 * @param check whether the peer can be reached
 */
export async function whileReachable(
  check: FindingBuilder,
  { peer, fix, signal }: { readonly peer: string; readonly fix: string; readonly signal: AbortSignal },
  ask: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await ask();
  } catch (error) {
    signal.throwIfAborted();
    if (!isConnectionError(error)) throw error;
    return [check.failed(`${peer} answers once, and then ${connectionProblem(error).reason}`, fix)];
  }
}

/** How long something is valid; it is a warning when it expires soon, as nothing seems to renew it. */
export function expiryFinding(
  check: FindingBuilder,
  terms: {
    /** `the licence`. */
    readonly what: string;
    readonly end: Date;
    readonly now: Date;
    /** Days before the end from which on it is a warning. @default 14 */
    readonly soonDays?: number;
    readonly fix: string;
    /** What is found when it does not expire soon. */
    readonly valid: string;
  },
): Finding {
  const { what, end, now, soonDays = 14, fix, valid } = terms;
  if (end <= now) return check.failed(`${what} expired on ${dateOf(end)}`, fix);
  const days = daysBetween(now, end);
  return days < soonDays
    ? check.warning(`${what} expires on ${dateOf(end)}, in ${days} days`, fix)
    : check.passed(valid);
}

/** How long the certificate of a server, verified already, is valid. */
export function certificateFinding(check: FindingBuilder, certificate: X509Certificate, now: Date): Finding {
  const end = new Date(certificate.validTo);
  const fix = "renew the certificate, and see what should have renewed it";
  return expiryFinding(check, {
    what: "the certificate",
    end,
    now,
    fix,
    valid: `verified, valid until ${dateOf(end)}`,
  });
}

/** What is about to be deployed. A check may use its secrets, never repeat them. */
export interface PreflightInput extends CheckedConfiguration {
  /** Folder that relative paths of the settings start from. */
  readonly directory: string;
}

export interface CheckContext extends PreflightInput {
  /** Variables of the run: credentials of clouds, `PATH`, `KUBECONFIG`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends when the check has run out of time, or the caller gives up. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/** One look at the world; may find several things over one connection. */
export interface Check extends FindingName {
  /** Says why the check does not apply to a configuration. @default - it always applies */
  readonly skip?: (input: PreflightInput) => string | undefined;
  /** How long it may take, in milliseconds. @default 15000 */
  readonly timeoutMs?: number;
  /** What is expected to go wrong is a finding; a rejection is reported as a failure of the check itself. */
  readonly run: (context: CheckContext) => Promise<readonly Finding[]> | readonly Finding[];
}
