import { defineTwin, type Twin } from "../framework";
import { actionGroup, metricAlert } from "./alerts";
import { armResource } from "./arm/resource";
import { agentPool, maintenanceConfiguration } from "./cluster/agent-pool";
import { managedCluster } from "./cluster/managed-cluster";
import { configFields } from "./config";
import { privateZone, publicZone, recordSet, virtualNetworkLink } from "./dns";
import {
  federatedIdentityCredential,
  managementLock,
  roleAssignment,
  userAssignedIdentity,
} from "./identity/identity";
import { type CredentialOptions, invokesOf } from "./invokes";
import {
  dataCollectionRule,
  dataCollectionRuleAssociation,
  diagnosticSetting,
  workspace,
} from "./monitoring";
import { natGateway, publicIpAddress } from "./network/public-ip";
import { networkSecurityGroup } from "./network/security-group";
import { subnet, virtualNetwork } from "./network/virtual-network";
import { administrator, backup, configuration, database } from "./postgres/children";
import { server } from "./postgres/server";
import { registry } from "./registry/registry";
import { resourceGroup } from "./resource-group";
import { storageAccount } from "./storage/account";
import { blobContainer, blobServiceProperties, managementPolicy } from "./storage/blobs";

const types = [
  resourceGroup,
  virtualNetwork,
  subnet,
  networkSecurityGroup,
  publicIpAddress,
  natGateway,
  privateZone,
  virtualNetworkLink,
  publicZone,
  recordSet,
  userAssignedIdentity,
  federatedIdentityCredential,
  roleAssignment,
  managementLock,
  storageAccount,
  blobServiceProperties,
  blobContainer,
  managementPolicy,
  registry,
  server,
  database,
  configuration,
  administrator,
  backup,
  managedCluster,
  agentPool,
  maintenanceConfiguration,
  workspace,
  diagnosticSetting,
  dataCollectionRule,
  dataCollectionRuleAssociation,
  actionGroup,
  metricAlert,
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
