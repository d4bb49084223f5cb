import { z } from "zod";
import { expandPath } from "../config/files/paths";
import { parseSettings } from "../config/parse";
import type { ClearSecrets } from "../config/rules/rule";
import type { Settings } from "../config/settings";
import type { StackState } from "../engine/protocol";
import { invalidConfiguration } from "./configuration";
import { detectDrift } from "./detect-drift";
import { SpaceliftError } from "./errors";
import type { DeploymentOptions, RunOptions, StackOptions } from "./options";
import { Run } from "./run";
import type { StatusReport } from "./status/report";
import { status, type StatusOptions } from "./status/status";
import { engineEnvironment } from "./workspace/environment";
import type { OpenStack } from "./workspace/open-stack";

/** How a status is read. */
export interface StatusRunOptions extends RunOptions {
  /** Asks the engine as well how what there is differs from the state. It takes its time. @default false */
  readonly drift?: boolean;
}

/**
 * Tells how an installation is: its pods, certificates, addresses, migrations, endpoints and versions, and what differs
 * from what was deployed. Changes nothing. What cannot be read is in the report with the reason.
 *
 * @throws SpaceliftError with one of the error codes
 */
export async function getStatus(
  options: DeploymentOptions,
  { drift = false, ...runOptions }: StatusRunOptions = {},
): Promise<StatusReport> {
  const run = new Run(options, runOptions);
  run.begin("configuration");
  const { stack, workspace } = options;
  const { settings, secrets, problems } = parseSettings(options.settings, options.secrets ?? {});
  if (!settings) throw invalidConfiguration(problems);
  const { signal } = runOptions;
  const kubeconfig =
    namedKubeconfig(settings, secrets, workspace.directory ?? process.cwd()) ??
    (settings.target === "aks"
      ? await run.withStack({ create: false }, (open) => deployedKubeconfig(open, options))
      : undefined);
  const context = settings.onprem?.kubernetes.context;
  return status({
    settings,
    env: engineEnvironment(workspace),
    redact: run.redact,
    ...(kubeconfig && { kubeconfig }),
    ...(context !== undefined && { context }),
    ...(signal && { signal }),
    ...(drift && {
      detectDrift: (limited) => detectDrift({ stack, workspace }, { ...runOptions, signal: limited }),
    }),
  });
}

type Kubeconfig = StatusOptions["kubeconfig"];

/** The kubeconfig that the configuration names; without one, that of the environment. */
function namedKubeconfig(settings: Settings, secrets: ClearSecrets, directory: string): Kubeconfig {
  if (secrets.kubeconfig !== undefined) return { content: secrets.kubeconfig };
  const path = settings.onprem?.kubernetes.kubeconfigPath;
  return path === undefined ? undefined : { path: expandPath(path, directory) };
}

// A secret of a state that was exported with its secrets: the JSON of its value.
const providerShape = z.looseObject({
  inputs: z.looseObject({ kubeconfig: z.object({ plaintext: z.string() }) }),
});

/**
 * The kubeconfig that the deployment itself used: that of the Kubernetes provider in the state, which Azure gave. It is in
 * memory alone.
 */
async function deployedKubeconfig(
  { engine, stack, before }: OpenStack,
  options: StackOptions,
): Promise<Kubeconfig> {
  const provider = before.deployment.resources?.find(({ type }) => type === "pulumi:providers:kubernetes");
  if (!provider) {
    throw new SpaceliftError("SPACELIFT_NOT_DEPLOYED", `the stack "${options.stack}" has no cluster yet`, {
      fix: "deploy it first",
    });
  }
  const { stdout } = await engine.run(
    ["stack", "export", "--show-secrets", "--stack", options.stack],
    stack.workspace.workDir,
    {},
  );
  // The same format as that of `before`, with the secrets in clear.
  const state = JSON.parse(stdout) as StackState;
  const clear = state.deployment.resources?.find(({ urn }) => urn === provider.urn);
  return { content: z.string().parse(JSON.parse(providerShape.parse(clear).inputs.kubeconfig.plaintext)) };
}
