import { type Kept, keptBy } from "../engine/protocol";
import { sayBegun, settleCreations } from "./begun-creations";
import { exclusively } from "./locking";
import type { RunOptions, StackOptions } from "./options";
import { Run } from "./run";

/** What a destroy came to. */
export interface Destroyed {
  readonly stack: string;
  readonly changes: Readonly<Record<string, number>>;
  readonly durationMs: number;
  /** What was left standing because it holds data that cannot be made again. */
  readonly kept: Kept;
}

/**
 * Takes an installation away and keeps what is protected: `pulumi destroy --exclude-protected` as a function. To lose the
 * data too, deploy with `protectData: false` first.
 *
 * @throws SpaceliftError with one of the {@link errorCodes}
 */
export async function destroySpacelift(
  options: StackOptions,
  runOptions: RunOptions = {},
): Promise<Destroyed> {
  const run = new Run(options, runOptions);
  return exclusively(options, () =>
    run.withStack({ create: false }, async (open) => {
      sayBegun(run, open.before);
      const before = await settleCreations(run, open);
      const { tracker } = await run.operate(
        "destroy",
        { otherwise: "SPACELIFT_DESTROY_FAILED", total: open.resources },
        (listeners) => open.stack.destroy({ ...listeners, excludeProtected: true }),
      );
      const kept = keptBy(before, await open.exportState());
      return { stack: options.stack, changes: tracker.changes, durationMs: run.elapsed(), kept };
    }),
  );
}
