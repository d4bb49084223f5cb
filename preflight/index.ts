import { azureChecks } from "./azure";
import type { Check } from "./check";
import { clusterCheck } from "./cluster";
import { databaseCheck } from "./database";
import { dnsCheck } from "./dns";
import { dockerCheck } from "./docker";
import { engineCheck, type FoundEngine } from "./engine";
import { licenseCheck } from "./license";
import { objectStorageCheck } from "./object-storage";
import { registryCheck } from "./registry";
import { archiveCheck, type ReadDeployedRelease, releaseCheck, stepCheck } from "./release";
import { type CheckResult, runChecks, type RunChecksOptions } from "./run";

/** What the checks before a deployment found. */
export interface PreflightReport {
  /** Whether no check failed; warnings do not count. */
  readonly ok: boolean;
  readonly results: readonly CheckResult[];
}

/** What checks look with, beside the network. */
export interface Means {
  readonly engine: FoundEngine;
  readonly readDeployed: ReadDeployedRelease;
}

/** In the order of a report, from this machine outwards. New for each run, as some share what they have found. */
const checksOf = ({ engine, readDeployed }: Means): readonly Check[] => [
  engineCheck(engine),
  licenseCheck,
  releaseCheck,
  stepCheck(readDeployed),
  archiveCheck(),
  dockerCheck,
  dnsCheck(),
  databaseCheck,
  objectStorageCheck,
  registryCheck,
  ...azureChecks(),
  clusterCheck,
];

/** Looks whether a deployment can work, and changes nothing. */
export async function runPreflight(means: Means, options: RunChecksOptions): Promise<PreflightReport> {
  const results = await runChecks(checksOf(means), options);
  return { ok: results.every(({ status }) => status !== "failed"), results };
}
