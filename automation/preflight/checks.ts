import { archiveCheck } from "./checks/archive";
import { azureChecks } from "./checks/azure";
import { clusterCheck } from "./checks/cluster";
import { databaseCheck } from "./checks/database";
import { dnsCheck } from "./checks/dns";
import { dockerCheck } from "./checks/docker";
import { engineCheck, type FoundEngine } from "./checks/engine";
import { licenseCheck } from "./checks/license";
import { objectStorageCheck } from "./checks/object-storage";
import { releaseCheck } from "./checks/release";
import { registryCheck } from "./checks/registry";
import type { Check } from "./check";

/**
 * Every check of one run, in the order of a report: from this machine outwards. Made anew for each run, as some share what
 * they have found.
 */
export const checksOf = (engine: FoundEngine): readonly Check[] => [
  engineCheck(engine),
  licenseCheck,
  releaseCheck,
  archiveCheck(),
  dockerCheck,
  dnsCheck(),
  databaseCheck,
  objectStorageCheck,
  registryCheck,
  ...azureChecks(),
  clusterCheck,
];
