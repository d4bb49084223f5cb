import type { CheckedConfiguration } from "../../config/load";

/** What one look at the world found. */
export type Finding = FindingName & (GoodFinding | BadFinding);

/** What is looked at. */
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
  /** The command, line or action that mends it. */
  readonly fix: string;
}

/** All is well. */
export const passed = (name: FindingName, reason: string): Finding => ({ ...name, status: "passed", reason });

/** Nothing was looked at. */
export const skipped = (name: FindingName, reason: string): Finding => ({
  ...name,
  status: "skipped",
  reason,
});

/** A deployment may not work. */
export const warning = (name: FindingName, reason: string, fix: string): Finding => ({
  ...name,
  status: "warning",
  reason,
  fix,
});

/** A deployment would fail or not work. */
export const failed = (name: FindingName, reason: string, fix: string): Finding => ({
  ...name,
  status: "failed",
  reason,
  fix,
});

/** What is about to be deployed. A check may use its secrets, never repeat them. */
export interface Subject extends CheckedConfiguration {
  /** Folder that relative paths of the settings start from. */
  readonly directory: string;
}

/** What a check may use. */
export interface CheckContext extends Subject {
  /** Variables of the run: credentials of clouds, `PATH`, `KUBECONFIG`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends when the check has run out of time, or the caller gives up. */
  readonly signal: AbortSignal;
  /** The present moment. */
  readonly now: () => Date;
}

/** One look at the world; may find several things over one connection. */
export interface Check {
  /** Stable name, the prefix of the ids of its findings. */
  readonly id: string;
  /** What is looked at, for people. */
  readonly title: string;
  /** Says why the check does not apply to a configuration. @default - it always applies */
  readonly skip?: (subject: Subject) => string | undefined;
  /** How long it may take, in milliseconds. @default 15000 */
  readonly timeoutMs?: number;
  /**
   * Looks, and tells what there is. What is expected to go wrong is a finding; a rejection is reported as a failure of
   * the check itself.
   */
  readonly run: (context: CheckContext) => Promise<readonly Finding[]>;
}
