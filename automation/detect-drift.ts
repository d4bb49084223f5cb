import type { RunOptions, StackOptions } from "./options";
import { operateRefresh } from "./refresh";
import type { DriftSummary } from "./status/report";

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
