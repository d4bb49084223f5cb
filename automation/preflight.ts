import { type Means, type PreflightReport, runPreflight } from "../preflight";
import type { PreflightInput } from "../preflight/check";
import type { ReadDeployedRelease } from "../preflight/release";
import { checkConfiguration } from "./configuration";
import { SpaceliftError } from "./errors";
import type { DeploymentOptions, RunOptions, StackOptions, WorkspaceOptions } from "./options";
import { releaseIn } from "./outputs";
import { Run } from "./run";
import { type EngineCommand, engineEnvironment, findEngine } from "./workspace/engine-command";
import { type OpenStack, openStack } from "./workspace/open-stack";

/**
 * Looks whether a deployment can work, and changes nothing: engine, licence, release and the step to it, archive, DNS,
 * database, object storage, registry, cluster, and on Azure credentials, rights, names and quota. With
 * `onprem.objectStorage.kind: s3`, an object is written to the bucket of states and deleted again.
 *
 * @throws SpaceliftError `SPACELIFT_CONFIG_INVALID`, `SPACELIFT_OPTIONS_INVALID` or `SPACELIFT_ENGINE_MISSING`; what a check finds is in the report
 */
export async function preflight(
  options: DeploymentOptions,
  runOptions: RunOptions = {},
): Promise<PreflightReport> {
  const run = new Run(options, runOptions);
  run.begin("configuration");
  const input = await checkConfiguration(options);
  run.begin("preflight");
  const engine = await findEngine(options.workspace.engine, engineEnvironment(options.workspace));
  return report(run, input, engine, { ...options, readDeployed: readDeployedBy(run, options) });
}

/** Opens the stack for its state alone. One that does not exist has nothing deployed. */
const readDeployedBy =
  (run: Run, { stack, workspace }: StackOptions): ReadDeployedRelease =>
  async (signal) => {
    try {
      const open = await openStack({ stack, workspace, create: false, redact: run.redact, signal });
      await open.close();
      return releaseIn(open.before);
    } catch (error) {
      if (error instanceof SpaceliftError && error.code === "SPACELIFT_STACK_NOT_FOUND") return undefined;
      throw error;
    }
  };

/**
 * The preflight as a part of a deployment.
 *
 * @throws SpaceliftError `SPACELIFT_PREFLIGHT_FAILED`
 */
export async function assertPreflight(
  run: Run,
  input: PreflightInput,
  { engine, before }: Pick<OpenStack, "engine" | "before">,
  workspace: WorkspaceOptions,
): Promise<void> {
  run.begin("preflight");
  const readDeployed: ReadDeployedRelease = () => Promise.resolve(releaseIn(before));
  const { ok, results } = await report(run, input, engine, { workspace, readDeployed });
  if (ok) return;
  const lines = results
    .filter(({ status }) => status === "failed")
    .map(({ title, reason }) => `  ${title}: ${reason}`);
  throw new SpaceliftError(
    "SPACELIFT_PREFLIGHT_FAILED",
    ["checks before the deployment failed; nothing was changed:", ...lines].join("\n"),
    { fix: "fix what failed: each of `checks` has a `fix`; or deploy without `preflight`", checks: results },
  );
}

const report = (
  run: Run,
  input: PreflightInput,
  { pulumi: { command, version } }: EngineCommand,
  { workspace, readDeployed }: Pick<StackOptions, "workspace"> & Pick<Means, "readDeployed">,
): Promise<PreflightReport> =>
  runPreflight(
    { engine: { command, version: String(version) }, readDeployed },
    {
      ...input,
      env: engineEnvironment(workspace),
      now: () => new Date(),
      redact: run.redact,
      signal: run.signal,
      onResult: (check) => {
        run.emit({ kind: "check", check, elapsedMs: run.elapsed() });
      },
    },
  );
