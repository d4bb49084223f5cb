import { type PreflightReport, runPreflight } from "../preflight";
import type { PreflightInput } from "../preflight/check";
import { checkConfiguration } from "./configuration";
import { SpaceliftError } from "./errors";
import type { DeploymentOptions, RunOptions, WorkspaceOptions } from "./options";
import { Run } from "./run";
import { type EngineCommand, engineEnvironment, findEngine } from "./workspace/engine-command";

/**
 * Looks whether a deployment can work, and changes nothing: engine, licence, archive, DNS, database, object storage,
 * registry, cluster, and on Azure credentials, rights, names and quota.
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
  const env = engineEnvironment(options.workspace);
  return report(run, input, await findEngine(options.workspace.engine, env), env);
}

/**
 * The preflight as a part of a deployment.
 *
 * @throws SpaceliftError `SPACELIFT_PREFLIGHT_FAILED`
 */
export async function assertPreflight(
  run: Run,
  input: PreflightInput,
  engine: EngineCommand,
  workspace: WorkspaceOptions,
): Promise<void> {
  run.begin("preflight");
  const { ok, results } = await report(run, input, engine, engineEnvironment(workspace));
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
  env: Readonly<Record<string, string>>,
): Promise<PreflightReport> =>
  runPreflight(
    { command, version: String(version) },
    {
      ...input,
      env,
      now: () => new Date(),
      redact: run.redact,
      signal: run.signal,
      onResult: (check) => {
        run.emit({ kind: "check", check, elapsedMs: run.elapsed() });
      },
    },
  );
