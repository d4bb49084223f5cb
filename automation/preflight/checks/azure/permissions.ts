import { z } from "zod";
import { ArmError } from "../../../azure/arm-error";
import { missingActions } from "../../../azure/permissions";
import { type Check, type Finding, failed, passed, skipped, warning } from "../../check";
import { armFinding, azureCheck } from "./azure-check";
import { type NeededRight, neededRights } from "./rights";
import { listRoleConditions } from "./role-conditions";
import type { AzureAccess, AzureSession } from "./session";

const title = "Rights of whoever deploys";
const name = { id: "azure.permissions", title };
const conditions = { id: `${name.id}.conditions`, title: "Conditions on assigning roles" };

const permission = z.object({
  actions: z.array(z.string()).default([]),
  notActions: z.array(z.string()).default([]),
});

/** Whether whoever deploys may make what is made, and assign the roles it takes. */
export const permissionsCheck = (session: AzureSession): Check =>
  azureCheck(session, {
    ...name,
    run: async (access, context) => {
      const rights = neededRights(context);
      const findings = await Promise.all(rights.map((right) => rightFinding(right, access)));
      return [...findings, await conditionFinding(access)];
    },
  });

async function rightFinding(right: NeededRight, access: AzureAccess): Promise<Finding> {
  const of = { id: `${name.id}.${right.part}`, title: `${title}: ${right.what}` };
  try {
    const here = await permissionsAt(right.scope, access);
    const there =
      here ?? (right.parent === undefined ? undefined : await permissionsAt(right.parent, access));
    if (!there) return skipped(of, `not looked at: ${right.scope} is not there`);
    const scope = here || right.parent === undefined ? right.scope : right.parent;
    const missing = missingActions(there, right.actions);
    if (missing.length === 0) return passed(of, `all ${right.actions.length} rights on ${scope}`);
    return failed(of, `no right to ${missing.join(", ")} on ${scope}`, roleCommands(missing, scope, access));
  } catch (error) {
    if (error instanceof ArmError) return armFinding(of, error);
    throw error;
  }
}

const permissionsAt = (
  scope: string,
  { arm }: AzureAccess,
): Promise<readonly z.output<typeof permission>[] | undefined> =>
  arm.findList(
    { api: "authorization", path: `${scope}/providers/Microsoft.Authorization/permissions` },
    permission,
  );

/** Roles that give what is missing: of Azure's own, none but Owner has both halves. */
function roleCommands(missing: readonly string[], scope: string, { login }: AzureAccess): string {
  const isAssigning = (action: string): boolean => action.startsWith("Microsoft.Authorization/");
  const wanted = [
    ...(missing.every(isAssigning) ? [] : ["Contributor"]),
    ...(missing.some(isAssigning) ? ["Role Based Access Control Administrator"] : []),
  ];
  const { objectId, type } = login.account;
  const commands = wanted.map(
    (role) =>
      `az role assignment create --assignee-object-id ${objectId} --assignee-principal-type ${type} --role "${role}" --scope ${scope}`,
  );
  return `run \`${commands.join(" && ")}\``;
}

async function conditionFinding(access: AzureAccess): Promise<Finding> {
  try {
    const found = await listRoleConditions(access);
    const [first] = found;
    if (!first) return passed(conditions, "there are none");
    const best = found.reduce(
      (least, each) => (each.unnamed.length < least.unnamed.length ? each : least),
      first,
    );
    if (best.unnamed.length === 0) {
      return passed(conditions, `the condition at ${best.scope} names every role that is assigned`);
    }
    return warning(
      conditions,
      `the condition at ${best.scope} may not let these roles be assigned: ${best.unnamed.join(", ")}`,
      "add the roles to the condition of the assignment, or have it assigned without one",
    );
  } catch (error) {
    if (error instanceof ArmError) return armFinding(conditions, error);
    throw error;
  }
}
