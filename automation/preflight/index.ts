import { checkConfiguration } from "../configuration";
import { SpaceliftError } from "../errors";
import type { DeploymentOptions, RunOptions, WorkspaceOptions } from "../options";
import { Run } from "../run";
import { type EngineCommand, findEngine } from "../workspace/engine-command";
import { engineEnvironment } from "../workspace/environment";
import type { Subject } from "./check";
import { checksOf } from "./checks";
import { type CheckResult, runChecks } from "./run";

/** What the checks before a deployment found. */
export interface PreflightReport {
  /** Whether no check failed; warnings do not count. */
  readonly ok: boolean;
  readonly results: readonly CheckResult[];
}

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
  const subject = await checkConfiguration(options);
  run.begin("preflight");
  const env = engineEnvironment(options.workspace);
  return examine(run, subject, await findEngine(options.workspace.engine, env), env);
}

/**
 * The preflight as a part of a deployment.
 *
 * @throws SpaceliftError `SPACELIFT_PREFLIGHT_FAILED`
 */
export async function checkBefore(
  run: Run,
  subject: Subject,
  engine: EngineCommand,
  workspace: WorkspaceOptions,
): Promise<void> {
  run.begin("preflight");
  const { ok, results } = await examine(run, subject, engine, engineEnvironment(workspace));
  if (ok) return;
  const lines = results
    .filter(({ status }) => status === "failed")
    .map(({ title, reason }) => `  ${title}: ${reason}`);
  throw new SpaceliftError(
    "SPACELIFT_PREFLIGHT_FAILED",
    ["checks before the deployment failed; nothing was changed:", ...lines].join("\n"),
    { fix: "mend what failed: each of `checks` has a `fix`; or deploy without `preflight`", checks: results },
  );
}

async function examine(
  run: Run,
  subject: Subject,
  { pulumi }: EngineCommand,
  env: Readonly<Record<string, string>>,
): Promise<PreflightReport> {
  const engine = { command: pulumi.command, version: String(pulumi.version) };
  const results = await runChecks(checksOf(engine), {
    ...subject,
    env,
    now: () => new Date(),
    redact: run.redact,
    ...(run.signal && { signal: run.signal }),
    onResult: (check) => {
      run.emit({ kind: "check", check, elapsedMs: run.elapsed() });
    },
  });
  return { ok: results.every(({ status }) => status !== "failed"), results };
}
