import { exclusively } from "./locking";
import type { RunOptions, StackOptions } from "./options";
import type { Tracker } from "./progress/tracker";
import { type Listeners, Run } from "./run";
import type { DriftSummary } from "./status/report";
import type { OpenStack } from "./workspace/open-stack";

/** What a refresh found. */
export interface Refreshed {
  readonly stack: string;
  /** How many resources are as the state says (`same`), differ (`update`) or are gone (`delete`). */
  readonly changes: Readonly<Record<string, number>>;
  readonly durationMs: number;
}

/**
 * Refreshes the state from what exists: `pulumi refresh` as a function. Nothing outside the state is changed.
 *
 * @throws SpaceliftError with one of the {@link errorCodes}
 */
export async function refreshSpacelift(
  options: StackOptions,
  runOptions: RunOptions = {},
): Promise<Refreshed> {
  const { run, tracker } = await operateRefresh(options, runOptions, ({ stack }, listeners) =>
    stack.refresh(listeners),
  );
  return { stack: options.stack, changes: tracker.changes, durationMs: run.elapsed() };
}

/** Runs an operation of the engine that compares the state with what exists. */
async function operateRefresh(
  options: StackOptions,
  runOptions: RunOptions,
  operation: (open: OpenStack, listeners: Listeners) => Promise<unknown>,
): Promise<{ readonly run: Run; readonly tracker: Tracker }> {
  const run = new Run(options, runOptions);
  return exclusively(options, () =>
    run.withStack({ create: false }, async (open) => {
      const { tracker } = await run.operate(
        "refresh",
        { otherwise: "SPACELIFT_REFRESH_FAILED", total: open.resources },
        (listeners) => operation(open, listeners),
      );
      return { run, tracker };
    }),
  );
}

/**
 * Says how what exists differs from the state, and changes neither: `pulumi refresh --preview-only` as a function.
 *
 * @throws SpaceliftError with one of the error codes
 */
export async function detectDrift(options: StackOptions, runOptions: RunOptions = {}): Promise<DriftSummary> {
  const { tracker } = await operateRefresh(options, runOptions, ({ stack }, listeners) =>
    stack.previewRefresh(listeners),
  );
  const differing = tracker.steps.filter(({ operation }) => !unchanged.has(operation));
  return {
    resources: differing.map(({ resource, operation, diffs }) => ({
      urn: resource.urn,
      change: operation,
      ...(diffs && { properties: diffs }),
    })),
  };
}

const unchanged: ReadonlySet<string> = new Set(["same", "refresh", "read"]);
