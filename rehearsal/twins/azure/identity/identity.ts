import { listAt, stringAt, TwinError, type WorldState } from "../../framework";
import type { ArmRequest, ArmType } from "../arm/definition";
import { invalidParameter, requireScope } from "../arm/refusals";
import { parentOfId, sameId } from "../arm/resource-id";
import { allOfType, below } from "../arm/tables";
import { stableUuid } from "../config";
import { controlPlanePrincipal, delayEffect, isBuiltInRole, kubeletPrincipal } from "./roles";

const MOST_CREDENTIALS = 20;

/** A user-assigned identity; its principal is a new one whenever it is made again. */
export const userAssignedIdentity: ArmType = {
  token: "azure-native:managedidentity:UserAssignedIdentity",
  apiVersion: "2023-01-31",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
  contract: { library: "msi", model: "Identity" },
  nameRule: {
    pattern: /^[a-zA-Z0-9][\w-]*$/,
    min: 3,
    max: 128,
    words: "letters, digits, underscores and hyphens, a letter or digit first",
  },
  located: true,
  outputs: ["clientId", "principalId", "tenantId"],
  latency: { create: 4, update: 3, delete: 3 },
  compute: ({ id, client, now }, before) => ({
    clientId: stringAt(before?.computed, "clientId") ?? stableUuid("client", id, now.toISOString()),
    principalId: stringAt(before?.computed, "principalId") ?? stableUuid("principal", id, now.toISOString()),
    tenantId: client.tenantId,
  }),
};

/** A trust of an identity in the tokens of a cluster. */
export const federatedIdentityCredential: ArmType = {
  token: "azure-native:managedidentity:FederatedIdentityCredential",
  apiVersion: "2023-01-31",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}",
  contract: { library: "msi", model: "FederatedIdentityCredential" },
  latency: { create: 3, update: 3, delete: 3 },
  claims: (_operation, id) => [
    {
      key: `credentials ${parentOfId(id) ?? ""}`.toLowerCase(),
      code: "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
      message: `Too many Federated Identity Credentials are written concurrently for the managed identity '${parentOfId(id) ?? ""}'.`,
    },
  ],
  validate({ state, id, inputs }) {
    const issuer = stringAt(inputs, "issuer") ?? "";
    if (!/^https:\/\/[^/]+/.test(issuer) || issuer.length > 600)
      throw invalidParameter(`The issuer '${issuer}' of ${id} is no valid URL.`, "InvalidIssuer");
    if (listAt(inputs, "audiences").length !== 1)
      throw invalidParameter(`The credential ${id} must have exactly one audience.`, "InvalidAudiences");
    const others = below(state, parentOfId(id) ?? "").filter(
      (other) => other.type.endsWith("/federatedIdentityCredentials") && !sameId(other.id, id),
    );
    if (others.length >= MOST_CREDENTIALS)
      throw new TwinError(
        `The identity of ${id} has ${MOST_CREDENTIALS} credentials already.`,
        "FederatedIdentityCredentialsLimitReached",
      );
    const isSame = others.some(
      ({ properties }) => properties["issuer"] === issuer && properties["subject"] === inputs["subject"],
    );
    if (isSame)
      throw new TwinError(
        `Issuer and subject combination already exists for this Managed Identity: ${id}.`,
        "InvalidFederatedIdentityCredential",
      );
  },
};

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const ASSIGNMENTS = "Microsoft.Authorization/roleAssignments";

/** The assignment of a role to a principal at a scope. */
export const roleAssignment: ArmType = {
  token: "azure-native:authorization:RoleAssignment",
  apiVersion: "2022-04-01",
  path: "{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
  type: ASSIGNMENTS,
  contract: { library: "authorization", model: "RoleAssignmentCreateParameters" },
  nameRule: {
    pattern: GUID,
    min: 36,
    max: 36,
    words: "a GUID",
    automatic: (randomHex) => randomHex(32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
  },
  forceNew: ["principalId", "scope", "roleDefinitionId", "principalType"],
  outputs: ["createdBy", "createdOn", "updatedBy", "updatedOn"],
  latency: { create: 15, update: 15, delete: 5 },
  validate(request) {
    requireScope(request);
    requireRole(request);
    requirePrincipal(request);
    const { state, id, inputs } = request;
    const twin = allOfType(state, ASSIGNMENTS).find(
      ({ id: other, properties, computed }) =>
        !sameId(other, id) &&
        properties["principalId"] === inputs["principalId"] &&
        sameId(stringAt(computed, "scope"), stringAt(inputs, "scope")) &&
        roleOf(properties["roleDefinitionId"]) === roleOf(inputs["roleDefinitionId"]),
    );
    if (twin !== undefined)
      throw new TwinError(
        `The role assignment already exists. The ID of the conflicting role assignment is ${twin.name.replaceAll("-", "")}.`,
        "RoleAssignmentExists",
      );
  },
  compute: ({ client, inputs, now }, before) => ({
    createdBy: client.objectId,
    updatedBy: client.objectId,
    createdOn: stringAt(before?.computed, "createdOn") ?? now.toISOString(),
    updatedOn: stringAt(before?.computed, "updatedOn") ?? now.toISOString(),
    scope: stringAt(inputs, "scope") ?? "",
  }),
  afterWrite({ state, id, now }, _record, before) {
    if (before === undefined) delayEffect(state, id, now);
  },
};

function requireRole({ inputs }: ArmRequest): void {
  const role = stringAt(inputs, "roleDefinitionId") ?? "";
  const isWellFormed =
    /^(\/subscriptions\/[^/]+)?\/providers\/Microsoft\.Authorization\/roleDefinitions\/[^/]+$/i.test(role);
  if (isWellFormed && isBuiltInRole(roleOf(role))) return;
  throw new TwinError(
    `The specified role definition with ID '${roleOf(role)}' does not exist.`,
    "RoleDefinitionDoesNotExist",
  );
}

/** A managed identity is a service principal, whatever else the assignment may call it. */
function requirePrincipal({ state, inputs, client }: ArmRequest): void {
  const principal = stringAt(inputs, "principalId") ?? "";
  const declared = stringAt(inputs, "principalType") ?? "User";
  if (!GUID.test(principal))
    throw invalidParameter(
      `The principal ID '${principal}' is not valid. Principal ID must be a GUID.`,
      "InvalidPrincipalId",
    );
  const isIdentity = isManagedIdentity(state, principal);
  if (isIdentity && declared !== "ServicePrincipal")
    throw new TwinError(
      `The PrincipalId '${principal}' has type 'ServicePrincipal', which is different from specified PrincipalType '${declared}'.`,
      "UnmatchedPrincipalType",
    );
  if (principal === client.objectId && declared !== client.type)
    throw new TwinError(
      `The PrincipalId '${principal}' has type '${client.type}', which is different from specified PrincipalType '${declared}'.`,
      "UnmatchedPrincipalType",
    );
  if (!isIdentity && declared === "ServicePrincipal" && principal !== client.objectId)
    throw new TwinError(
      `Principal ${principal.replaceAll("-", "")} does not exist in the directory ${client.tenantId}.`,
      "PrincipalNotFound",
    );
}

/** Identities are resources of their own, or come with a cluster: one of its own and one of its nodes. */
function isManagedIdentity(state: WorldState, principal: string): boolean {
  return (
    allOfType(state, "Microsoft.ManagedIdentity/userAssignedIdentities").some(
      ({ computed }) => computed["principalId"] === principal,
    ) ||
    allOfType(state, "Microsoft.ContainerService/managedClusters").some((cluster) =>
      [controlPlanePrincipal(state, cluster), kubeletPrincipal(cluster)].includes(principal),
    )
  );
}

function roleOf(id: unknown): string {
  return typeof id === "string" ? (id.split("/").at(-1)?.toLowerCase() ?? "") : "";
}

/** A lock, which holds what it is put on and all below. */
export const managementLock: ArmType = {
  token: "azure-native:authorization:ManagementLockByScope",
  apiVersion: "2020-05-01",
  path: "{scope}/providers/Microsoft.Authorization/locks/{lockName}",
  type: "Microsoft.Authorization/locks",
  contract: { library: "locks", model: "ManagementLockObject" },
  latency: { create: 3, update: 3, delete: 30 },
  validate: requireScope,
};
