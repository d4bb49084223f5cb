/** What a role lets its holder do, as Azure lists it. */
export interface Permission {
  /** Patterns such as `Microsoft.Network/virtualNetworks/*`. */
  readonly actions: readonly string[];
  /** Taken away from {@link actions}, yet not from those of another role. */
  readonly notActions: readonly string[];
}

/** Whether a pattern covers an action: `*` stands for any characters, slashes included, and case does not count. */
export function covers(pattern: string, action: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "is").test(action);
}

/** Whether any of the roles allows an action. */
export const allows = (permissions: readonly Permission[], action: string): boolean =>
  permissions.some(
    ({ actions, notActions }) =>
      actions.some((pattern) => covers(pattern, action)) &&
      !notActions.some((pattern) => covers(pattern, action)),
  );

/** Those of the actions that no role allows. */
export const missingActions = (
  permissions: readonly Permission[],
  actions: readonly string[],
): readonly string[] => actions.filter((action) => !allows(permissions, action));
