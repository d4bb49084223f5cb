import { parseSettings } from "../config/parse";
import { deployedKubeconfig, type Kubeconfig, namedKubeconfig } from "./cluster-access";
import { invalidConfiguration } from "./configuration";
import { detectDrift } from "./refresh";
import { SpaceliftError } from "./errors";
import type { DeploymentOptions, RunOptions } from "./options";
import { Run } from "./run";
import type { StatusReport } from "./status/report";
import { status } from "./status/status";
import { engineEnvironment } from "./workspace/engine-command";
import type { OpenStack } from "./workspace/open-stack";

/** How a status is read. */
export interface StatusRunOptions extends RunOptions {
  /** Asks the engine as well how what exists differs from the state. It takes its time. @default false */
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
      ? await run.withStack({ create: false }, (open) => kubeconfigOf(open, stack))
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

async function kubeconfigOf(open: OpenStack, stack: string): Promise<Kubeconfig> {
  const deployed = await deployedKubeconfig(open);
  if (deployed) return deployed;
  throw new SpaceliftError("SPACELIFT_NOT_DEPLOYED", `the stack "${stack}" has no cluster yet`, {
    fix: "deploy it first",
  });
}
