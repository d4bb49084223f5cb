import * as pulumi from "@pulumi/pulumi";
import type { FileLocations } from "../config/files/resolve";
import { type Configuration, loadConfiguration } from "../config/load";
import { ConfigError } from "../config/problems";
import { untriedVersions } from "../config/rules/releases";
import { stepProblems } from "../config/rules/upgrade";
import { createCertificates } from "./certificates";
import { deployedRelease } from "./deployed-release";
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
  const problems = stepProblems(await deployedRelease(), configuration.settings);
  if (problems.length > 0) throw new ConfigError(problems);
  return install(configuration);
}

/** Registers everything a configuration asks for, whatever was deployed before. */
export function install(configuration: Configuration): SpaceliftOutputs {
  for (const warning of untriedVersions(configuration.settings)) void pulumi.log.warn(warning);
  const platform = createPlatform(configuration);
  const credentials = createCredentials(configuration);
  const ingress = createIngress(configuration.settings, platform);
  const certificates = createCertificates(configuration, platform, ingress);
  const spacelift = createSpacelift(configuration, platform, credentials, ingress, certificates);
  const workers = createWorkers(configuration, platform, spacelift);
  return createOutputs({ configuration, platform, credentials, ingress, certificates, spacelift, workers });
}
