import { checkConfiguration } from "./configuration";
import type { ResourceEvent } from "./events";
import { inlineProgram } from "./inline-program";
import type { DeploymentOptions, RunOptions } from "./options";
import { Run } from "./run";
import type { OpenStack } from "./workspace/open-stack";

/** What a deployment would do to one resource. */
export type PlannedStep = Pick<ResourceEvent, "operation" | "resource" | "diffs" | "replaceKeys">;

/** What a deployment would do. */
export interface Plan {
  /** How many resources would meet which fate (`create`, `update`, `delete`, `replace`, `same`). */
  readonly changes: Readonly<Record<string, number>>;
  /** What would happen to each resource, in the engine's order. */
  readonly steps: readonly PlannedStep[];
  /** How many resources there would be to deal with. */
  readonly resources: number;
}

/**
 * Says what {@link deploySpacelift} would do, and changes nothing: `pulumi preview` as a function. A stack that does not
 * exist yet is made, without resources.
 *
 * @throws SpaceliftError with one of the {@link errorCodes}
 */
export async function previewSpacelift(
  options: DeploymentOptions,
  runOptions: RunOptions = {},
): Promise<Plan> {
  const run = new Run(options, runOptions);
  run.begin("configuration");
  const subject = await checkConfiguration(options);
  return run.withStack({ create: true, program: inlineProgram(subject, options.workspace) }, (open) =>
    plan(run, open),
  );
}

/** Makes the plan of an open stack. */
export async function plan(run: Run, open: OpenStack): Promise<Plan> {
  const { tracker } = await run.operate("preview", { otherwise: "SPACELIFT_PREVIEW_FAILED" }, (listeners) =>
    open.stack.preview(listeners),
  );
  const steps = tracker.steps.map(({ operation, resource, diffs, replaceKeys }) => ({
    operation,
    resource,
    ...(diffs && { diffs }),
    ...(replaceKeys && { replaceKeys }),
  }));
  return {
    changes: tracker.changes,
    steps,
    resources: new Set(steps.map(({ resource }) => resource.urn)).size,
  };
}
