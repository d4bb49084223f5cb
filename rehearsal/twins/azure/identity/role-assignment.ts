import { stringAt, TwinError, type WorldState } from "../../framework";
import type { ArmRequest, ArmType } from "../arm/definition";
import { invalidParameter, requireScope } from "../arm/refusals";
import { allOfType } from "../arm/tables";
import { sameId } from "../arm/resource-id";
import { controlPlanePrincipal, kubeletPrincipal } from "../cluster/principals";
import { delayEffect } from "./role-effect";
import { isBuiltInRole } from "./roles";

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
