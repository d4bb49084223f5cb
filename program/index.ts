import * as pulumi from "@pulumi/pulumi";
import type { FileLocations } from "../config/files/resolve";
import { type Configuration, loadConfiguration } from "../config/load";
import { ConfigError } from "../config/problems";
import { type PlannedRestorePoint, planRestorePoint, takesRestorePoint } from "../config/restore-point";
import { untriedVersions } from "../config/rules/releases";
import { stepProblems } from "../config/rules/upgrade";
import { createCertificates } from "./certificates";
import { readDeployed } from "./deployed";
import { createCredentials, createSpacelift } from "./spacelift";
import { createIngress } from "./ingress";
import { type SpaceliftOutputs, createOutputs } from "./outputs";
import { createPlatform } from "./platform";
import { createWorkers } from "./workers";

export type { DnsRecord } from "./next-steps";
export type { SpaceliftOutputs } from "./outputs";

/**
 * Installs Spacelift as the running stack is configured: the program of `pulumi up`.
 *
 * @throws ConfigError with every problem of the configuration, before anything is registered
 */
export async function program(locations: FileLocations): Promise<SpaceliftOutputs> {
  return deploy(await loadConfiguration(locations));
}

/**
 * Judges the step from the deployed release and installs: what `pulumi up` and the embedding API share.
 *
 * @throws ConfigError before anything is registered, when the release cannot follow the deployed one
 */
export async function deploy(configuration: Configuration): Promise<SpaceliftOutputs> {
  const { settings, aks } = configuration;
  const deployed = await readDeployed();
  const problems = stepProblems(deployed?.version, settings);
  if (problems.length > 0) throw new ConfigError(problems);
  const restorePoint = planRestorePoint(deployed, settings.version, {
    takes: takesRestorePoint(settings, aks),
    keptDays: aks?.database.kind === "new" ? aks.database.backupDays : undefined,
    now: new Date(),
  });
  return install(configuration, restorePoint);
}

/**
 * Registers everything a configuration asks for, whatever was deployed before.
 *
 * @param restorePoint the copy of the database that is taken before the release, or was. @default - none
 */
export function install(configuration: Configuration, restorePoint?: PlannedRestorePoint): SpaceliftOutputs {
  for (const warning of untriedVersions(configuration.settings)) void pulumi.log.warn(warning);
  const platform = createPlatform(configuration, restorePoint);
  const credentials = createCredentials(configuration);
  const ingress = createIngress(configuration.settings, platform);
  const certificates = createCertificates(configuration, platform, ingress);
  const spacelift = createSpacelift(
    configuration,
    platform,
    credentials,
    ingress,
    certificates,
    restorePoint,
  );
  const workers = createWorkers(configuration, platform, spacelift);
  return createOutputs({
    configuration,
    restorePoint,
    platform,
    credentials,
    ingress,
    certificates,
    spacelift,
    workers,
  });
}
