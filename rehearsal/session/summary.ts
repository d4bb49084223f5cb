import type { JsonValue, Kept } from "../../engine/protocol";

/** An operation of a rehearsal that runs the engine. */
export type RehearsalOperation = "preview" | "up" | "refresh" | "destroy";

/** What the engine did to one resource. */
export interface Step {
  /** The engine's word: `create`, `update`, `same`, `delete`, `replace`, `create-replacement`, `read`, … */
  readonly op: string;
  readonly urn: string;
  /** Type token, as `kubernetes:core/v1:Namespace`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** URN of the parent; empty for the stack. */
  readonly parent: string;
  /** Properties that make this a replacement. */
  readonly replaceKeys?: readonly string[];
  /** Properties that differ. */
  readonly diffs?: readonly string[];
  /** The operation was tried and did not succeed. */
  readonly failed?: true;
}

/** What one operation did and said. */
export interface RehearsalSummary {
  readonly operation: RehearsalOperation;
  readonly ok: boolean;
  /** How many resources met which fate, as the engine counts them; absent fates have no key. */
  readonly changes: Readonly<Record<string, number>>;
  /** In the order in which they were finished; default providers, which the engine makes itself, left out. */
  readonly steps: readonly Step[];
  /** Warnings, errors and messages of the program, each as `<severity>: <text>`. */
  readonly diagnostics: readonly string[];
  /** The outputs of the stack with secrets masked; undefined when the program did not get there. */
  readonly outputs?: Readonly<Record<string, JsonValue>>;
  /** Of `destroy` alone. */
  readonly kept?: Kept;
  /** Wall time of the command. */
  readonly durationMs: number;
  /** The events of the engine, one JSON object per line, secrets masked by the engine, debug messages left out. */
  readonly stdout: string;
}

/** Counts what is not as it should be: everything but `same`, `read` and `refresh`. */
export function changeCount(summary: Pick<RehearsalSummary, "changes">): number {
  return Object.entries(summary.changes)
    .filter(([op]) => op !== "same" && op !== "read" && op !== "refresh")
    .reduce((sum, [, count]) => sum + count, 0);
}
