import { defineTwin, type Twin } from "../framework";
import { armResource } from "./arm/resource";
import { clusterTypes } from "./cluster";
import { configFields } from "./config";
import { dnsTypes } from "./dns";
import { identityTypes } from "./identity";
import { type CredentialOptions, invokesOf } from "./invokes";
import { monitoringTypes } from "./monitoring";
import { networkTypes } from "./network";
import { postgresTypes } from "./postgres";
import { registryTypes } from "./registry";
import { resourceGroup } from "./resource-group";
import { storageTypes } from "./storage";

const types = [
  resourceGroup,
  ...networkTypes,
  ...dnsTypes,
  ...identityTypes,
  ...storageTypes,
  ...registryTypes,
  ...postgresTypes,
  ...clusterTypes,
  ...monitoringTypes,
];
const resources = Object.fromEntries(types.map((type) => [type.token, armResource(type)] as const));

// Waits before each further try, in seconds, and the codes that are worth one: those of the provider's own client
// (pulumi-azure-native, client_azcore.go, with #4497). It never tries again after a 400.
const RETRY_DELAYS = [20, 60, 120];
const PASSING =
  /^(408|429|500|502|503|504|TooManyRequests|InternalServerError|ServiceUnavailable|AnotherOperationInProgress|StorageAccountOperationInProgress)$/;

/** Simulates the Azure provider on a simulated Resource Manager. */
export function azureTwin(options: CredentialOptions = {}): Twin {
  return defineTwin({
    package: "azure-native",
    version: "3.28.0",
    config: configFields,
    resources,
    invokes: invokesOf(options),
    retryDelays: (code) => (PASSING.test(code) ? RETRY_DELAYS : []),
  });
}
