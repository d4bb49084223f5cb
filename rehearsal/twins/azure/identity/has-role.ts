import { stringAt, type WorldState } from "../../framework";
import { allOfType } from "../arm/tables";
import { isWithin } from "../arm/resource-id";
import { isInEffect } from "./role-effect";
import { ROLES } from "./roles";

/** The roles that imply what others allow on a resource itself. */
const ALL_POWERFUL: readonly string[] = [ROLES.owner, ROLES.contributor];

/** Who is asked about, what would do, where and when. */
export interface RoleQuestion {
  readonly principalId: string | undefined;
  /** Roles of which one is enough, by their guids. */
  readonly roles: readonly string[];
  readonly scope: string;
  readonly now: Date;
  /** Whether it is about what a service holds, as the objects of a cluster, to which its owner has no access by that alone. */
  readonly isData?: boolean;
}

/** Whether a principal has a role at a scope or above it that is in effect by now. */
export function hasRole(state: WorldState, question: RoleQuestion): boolean {
  const { principalId, roles, scope, now, isData = false } = question;
  const enough = isData ? roles : [...roles, ...ALL_POWERFUL];
  return (
    principalId !== undefined &&
    allOfType(state, "Microsoft.Authorization/roleAssignments").some(({ id, properties, computed }) => {
      const role = (stringAt(properties, "roleDefinitionId") ?? "").split("/").at(-1)?.toLowerCase() ?? "";
      return (
        stringAt(properties, "principalId") === principalId &&
        enough.includes(role) &&
        isWithin(scope, stringAt(computed, "scope") ?? "/nowhere") &&
        isInEffect(state, id, now)
      );
    })
  );
}
