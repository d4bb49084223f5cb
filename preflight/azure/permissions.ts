import { z } from "zod";
import { missingActions } from "../../automation/azure/account";
import { roles } from "../../components/platform/aks/roles";
import { type Finding, finding, groupBy } from "../check";
import { AzureCheck, orArmFinding } from "./check";
import { type RequiredRight, requiredRights } from "./required-rights";
import type { AzureContext } from "./session";

/** Whether the deploying identity may create what is created, and assign the roles it takes. */
export const permissionsCheck = new AzureCheck(
  "azure.permissions",
  "Rights of the deploying identity",
  checkPermissions,
);

const conditionsCheck = finding("azure.permissions.conditions", "Conditions on assigning roles");

const permissionSchema = z.object({
  actions: z.array(z.string()).default([]),
  notActions: z.array(z.string()).default([]),
});

async function checkPermissions(azure: AzureContext): Promise<readonly Finding[]> {
  const findings = await Promise.all(requiredRights(azure).map((right) => findRight(right, azure)));
  return [...findings, await orArmFinding(conditionsCheck, () => findConditions(azure))];
}

function findRight(right: RequiredRight, azure: AzureContext): Promise<Finding> {
  const check = permissionsCheck.part(right.part, right.what);
  return orArmFinding(check, async () => {
    for (const scope of [right.scope, right.parent]) {
      const permissions = scope === undefined ? undefined : await permissionsAt(scope, azure);
      if (scope === undefined || permissions === undefined) continue;
      const missing = missingActions(permissions, right.actions);
      if (missing.length === 0) return check.passed(`all ${right.actions.length} rights on ${scope}`);
      const reason = `no right to ${listed(missing)} on ${scope}`;
      const fix = roleFix(missing, scope, azure);
      return right.without === undefined
        ? check.failed(reason, fix)
        : check.warning(`${reason}: ${right.without}`, fix);
    }
    return check.skipped(`not looked at: ${right.scope} does not exist`);
  });
}

/** `Microsoft.Network/virtualNetworks/{write,delete}, …`: what is missing on one type together. */
const listed = (missing: readonly string[]): string =>
  [...groupBy(missing, (action) => action.replace(/\/(read|write|delete)$/, ""))]
    .map(([type, [first = type, ...more]]) =>
      more.length === 0 ? first : `${type}/{${[first, ...more].map(verbOf).join(",")}}`,
    )
    .join(", ");

const verbOf = (action: string): string => action.slice(action.lastIndexOf("/") + 1);

const permissionsAt = (
  scope: string,
  { arm }: AzureContext,
): Promise<readonly z.output<typeof permissionSchema>[] | undefined> =>
  arm.findList(
    { api: "authorization", path: `${scope}/providers/Microsoft.Authorization/permissions` },
    permissionSchema,
  );

/** Roles that give what is missing: of Azure's own, none but Owner has both halves. Locks take more than roles do. */
function roleFix(missing: readonly string[], scope: string, { login }: AzureContext): string {
  const isAuthorizing = (action: string): boolean => action.startsWith("Microsoft.Authorization/");
  const isLocking = (action: string): boolean => action.startsWith("Microsoft.Authorization/locks/");
  const authorizing = missing.some(isLocking)
    ? "User Access Administrator"
    : "Role Based Access Control Administrator";
  const wanted = [
    ...(missing.every(isAuthorizing) ? [] : ["Contributor"]),
    ...(missing.some(isAuthorizing) ? [authorizing] : []),
  ];
  const { objectId, type } = login.account;
  const commands = wanted.map(
    (role) =>
      `az role assignment create --assignee-object-id ${objectId} --assignee-principal-type ${type} --role "${role}" --scope ${scope}`,
  );
  return `run \`${commands.join(" && ")}\``;
}

async function findConditions(azure: AzureContext): Promise<Finding> {
  const [best] = (await listConditions(azure)).toSorted((a, b) => a.unnamed.length - b.unnamed.length);
  if (!best) return conditionsCheck.passed("there are none");
  return best.unnamed.length === 0
    ? conditionsCheck.passed(`the condition at ${best.scope} names every role that is assigned`)
    : conditionsCheck.warning(
        `the condition at ${best.scope} may not let these roles be assigned: ${best.unnamed.join(", ")}`,
        "add the roles to the condition of the assignment, or have it assigned without one",
      );
}

const assignmentSchema = z.object({
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

/** A condition under which the deploying identity may assign roles. */
interface RoleCondition {
  readonly scope: string;
  /** Those of the roles that the program assigns which the condition does not name. */
  readonly unnamed: readonly string[];
}

/**
 * Reads the conditions (ABAC) on what lets the deploying identity assign roles: nothing when a role without one does. A
 * condition is not evaluated, which Azure alone can: it is looked through for the roles that the program assigns.
 */
async function listConditions({ arm, login, subscription }: AzureContext): Promise<readonly RoleCondition[]> {
  const path = `${subscription}/providers/Microsoft.Authorization/roleAssignments`;
  const query = { $filter: `assignedTo('${login.account.objectId}')` };
  const found = await arm.list({ api: "authorization", path, query }, assignmentSchema);
  const assignments = found.map(({ properties: { roleDefinitionId, scope, condition } }) => ({
    scope,
    condition: condition ?? "",
    mayAssign: assigners.has(roleDefinitionId.split("/").at(-1)?.toLowerCase() ?? ""),
  }));
  if (assignments.some(({ condition, mayAssign }) => mayAssign && condition === "")) return [];
  return assignments
    .filter(({ condition }) => /roleAssignments\/(?:write|\*)/i.test(condition))
    .map(({ scope, condition }) => ({
      scope,
      unnamed: Object.entries(roles)
        .filter(([, id]) => !condition.toLowerCase().includes(id))
        .map(([role]) => role),
    }));
}
