import { exclusively } from "./exclusive";
import type { RunOptions, StackOptions } from "./options";
import { Run } from "./run";

/** What a refresh found. */
export interface Refreshed {
  readonly stack: string;
  /** How many resources are as the state says (`same`), differ (`update`) or are gone (`delete`). */
  readonly changes: Readonly<Record<string, number>>;
  readonly durationMs: number;
}

/**
 * Brings the state in line with what there is: `pulumi refresh` as a function. Nothing outside the state is changed.
 *
 * @throws SpaceliftError with one of the {@link errorCodes}
 */
export async function refreshSpacelift(
  options: StackOptions,
  runOptions: RunOptions = {},
): Promise<Refreshed> {
  const run = new Run(options, runOptions);
  return exclusively(options, () =>
    run.withStack({ create: false }, async (open) => {
      const { tracker } = await run.operate(
        "refresh",
        { otherwise: "SPACELIFT_REFRESH_FAILED", total: open.resources },
        (listeners) => open.stack.refresh(listeners),
      );
      return { stack: options.stack, changes: tracker.changes, durationMs: run.elapsed() };
    }),
  );
}
