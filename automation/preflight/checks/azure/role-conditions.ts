import { z } from "zod";
import { roles } from "../../../../components/platform/aks/roles";
import type { AzureAccess } from "./session";

const assignment = z.object({
  properties: z.object({
    roleDefinitionId: z.string(),
    scope: z.string(),
    condition: z.string().nullish(),
  }),
});

/** Built-in roles that may assign roles. */
const assigners = new Set([
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
  "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
]);

/** A condition under which whoever deploys may assign roles. */
export interface RoleCondition {
  readonly scope: string;
  /** Those of the roles that the program assigns which the condition does not name. */
  readonly unnamed: readonly string[];
}

/**
 * Reads the conditions (ABAC) on what lets whoever deploys assign roles: nothing when a role without one does. A condition
 * is not evaluated, which Azure alone can: it is looked through for the roles that the program assigns.
 */
export async function listRoleConditions({
  arm,
  login,
  subscription,
}: AzureAccess): Promise<readonly RoleCondition[]> {
  const found = await arm.list(
    {
      api: "authorization",
      path: `${subscription}/providers/Microsoft.Authorization/roleAssignments`,
      query: { $filter: `assignedTo('${login.account.objectId}')` },
    },
    assignment,
  );
  const assigning = found.map(({ properties }) => ({
    ...properties,
    condition: properties.condition ?? "",
    free: assigners.has(properties.roleDefinitionId.split("/").at(-1)?.toLowerCase() ?? ""),
  }));
  if (assigning.some(({ condition, free }) => free && condition === "")) return [];
  return assigning
    .filter(({ condition }) => /roleAssignments\/(?:write|\*)/i.test(condition))
    .map(({ scope, condition }) => ({
      scope,
      unnamed: Object.entries(roles)
        .filter(([, id]) => !condition.toLowerCase().includes(id))
        .map(([role]) => role),
    }));
}
