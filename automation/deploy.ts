import { sayBegun, settleCreations } from "./begun-creations";
import { clusterAccess } from "./cluster-access";
import { assertStep, checkConfiguration, inlineProgram } from "./configuration";
import { SpaceliftError } from "./errors";
import type { ResourceEvent } from "./events";
import { exclusively } from "./locking";
import type { DeploymentOptions, RunOptions } from "./options";
import { type DeploymentOutputs, type DeploymentSecrets, sortOutputs, withSecrets } from "./outputs";
import { assertPreflight } from "./preflight";
import { Run } from "./run";
import { findUnfinishedReleases } from "./unfinished-releases";
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
  return run.withStack({ create: true, program: inlineProgram(subject, options.workspace) }, (open) => {
    assertStep(subject, open.before);
    return plan(run, open);
  });
}

/** Makes the plan of an open stack. */
async function plan(run: Run, open: OpenStack): Promise<Plan> {
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

/** How a deployment is run. */
export interface DeployRunOptions extends RunOptions {
  /** Runs {@link preflight} first and stops when a check fails. @default false */
  readonly preflight?: boolean;
  /** Decides about the plan before anything is changed. @default - every plan is carried out */
  readonly approve?: (plan: Plan) => Promise<boolean>;
}

/** What a deployment came to. */
export interface Deployment {
  readonly stack: string;
  /** How many resources met which fate (`create`, `update`, `delete`, `replace`, `same`). */
  readonly changes: Readonly<Record<string, number>>;
  readonly durationMs: number;
  readonly outputs: DeploymentOutputs;
  /** Secret outputs in clear. Not enumerable: `JSON.stringify`, spreading and `console.log` leave it out. */
  readonly secrets: DeploymentSecrets;
}

/**
 * Installs Spacelift, or brings an installation to what the options say: `pulumi up` as a function.
 *
 * @throws SpaceliftError with one of the {@link errorCodes}
 */
export async function deploySpacelift(
  options: DeploymentOptions,
  runOptions: DeployRunOptions = {},
): Promise<Deployment> {
  const run = new Run(options, runOptions);
  run.begin("configuration");
  const input = await checkConfiguration(options);
  return exclusively(options, () =>
    run.withStack({ create: true, program: inlineProgram(input, options.workspace) }, async (open) => {
      assertStep(input, open.before);
      if (runOptions.preflight === true) await assertPreflight(run, input, open, options.workspace);
      const unfinished = await findUnfinishedReleases(run, open, await clusterAccess(open, options, input));
      sayBegun(run, open.before);
      const planned = await plan(run, open);
      run.emit({ kind: "plan", changes: planned.changes, elapsedMs: run.elapsed() });
      if (runOptions.approve && !(await runOptions.approve(planned))) throw notApproved();
      await settleCreations(run, open, await unfinished.settle());
      const { tracker } = await run.operate(
        "update",
        { otherwise: "SPACELIFT_UPDATE_FAILED", total: planned.resources },
        (listeners) => open.stack.up(listeners),
      );
      run.begin("outputs");
      const state = await run.call("SPACELIFT_ENGINE_FAILED", () => open.exportState({ showSecrets: true }));
      const { outputs, secrets } = sortOutputs(options.stack, state);
      const { stack } = options;
      return withSecrets({ stack, changes: tracker.changes, durationMs: run.elapsed(), outputs }, secrets);
    }),
  );
}

const notApproved = (): SpaceliftError =>
  new SpaceliftError("SPACELIFT_CANCELLED", "the plan was not approved; nothing was changed", {
    fix: "run it again",
  });
