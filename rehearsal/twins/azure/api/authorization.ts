import { type ArmAnswer, groupNotFound } from "./errors";
import type { ArmWorld, JsonObject } from "./subscription";

/** The permissions at a scope, or the assignments of roles, that the one who asks has. */
export function authorization(
  world: ArmWorld,
  scope: string,
  what: string,
  query: URLSearchParams,
): ArmAnswer | { readonly list: readonly JsonObject[] } {
  const [, group] = /\/resourceGroups\/([^/]+)/i.exec(scope) ?? [];
  if (group !== undefined && !world.groups.has(group)) return groupNotFound(group);
  if (what.toLowerCase() === "permissions") {
    return {
      list: permissionsAt(world, scope).map(({ actions, notActions }) => ({
        actions,
        notActions,
        dataActions: [],
        notDataActions: [],
      })),
    };
  }
  const { objectId } = world.application;
  const mine = query.get("$filter") === `assignedTo('${objectId}')`;
  return {
    list: (mine ? world.roleAssignments : []).map(({ role, scope: at, condition }, index) => ({
      id: `${at}/providers/Microsoft.Authorization/roleAssignments/${index}`,
      type: "Microsoft.Authorization/roleAssignments",
      name: String(index),
      properties: {
        roleDefinitionId: `/subscriptions/${world.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
        principalId: objectId,
        principalType: "ServicePrincipal",
        scope: at,
        condition: condition ?? null,
        conditionVersion: condition === undefined ? null : "2.0",
        createdOn: "2026-01-01T00:00:00.0000000Z",
        updatedOn: "2026-01-01T00:00:00.0000000Z",
      },
    })),
  };
}

/** The permissions at a scope, with those of the places around it. */
export function permissionsAt(
  { permissions }: ArmWorld,
  scope: string,
): readonly { readonly actions: readonly string[]; readonly notActions: readonly string[] }[] {
  const place = scope.toLowerCase();
  return [...permissions].flatMap(([at, roles]) =>
    place === at.toLowerCase() || place.startsWith(`${at.toLowerCase()}/`) ? roles : [],
  );
}
