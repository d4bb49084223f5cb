import type { Inventory } from "../../support/inventory";
import { type Policy, azure, inputAt } from "./policy";

/** Built-in roles that let their holder do, or give away, everything. */
const almighty: Readonly<Record<string, string>> = {
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
  "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
  "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
  "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
};

/** The one assignment that is for whoever runs the program. */
const isDeployers = (name: string): boolean => name.endsWith("-deployer-role");

/** Policies about who may do what. */
export const identityPolicies: readonly Policy[] = [
  {
    title: "says of every identity that it is a service principal, before Azure looks for it",
    violations: (inventory) =>
      inventory
        .all(azure.role)
        .filter((role) => !isDeployers(role.name) && inputAt(role, "principalType") !== "ServicePrincipal")
        .map((role) => `${role.name}: ${String(inputAt(role, "principalType"))}`),
  },
  {
    // Whoever deploys may do everything in the group of everything already.
    title: "assigns no role on a subscription, and none but the deployer's on the group of everything",
    violations: (inventory: Inventory): readonly string[] => {
      const groups = inventory
        .all(azure.group)
        .filter(({ name }) => name === "platform-group")
        .map((group) => `/resourceGroups/${String(inputAt(group, "resourceGroupName"))}`);
      const isMainGroup = (scope: string): boolean =>
        scope === "platform-group-id" || groups.some((group) => scope.endsWith(group));
      return inventory
        .all(azure.role)
        .map((role) => [role.name, String(inputAt(role, "scope"))] as const)
        .filter(
          ([name, scope]) =>
            /^\/?$|^\/subscriptions\/[^/]+\/?$|\/managementGroups\//i.test(scope) ||
            (isMainGroup(scope) && !isDeployers(name)),
        )
        .map(([name, scope]) => `${name}: on ${scope}`);
    },
  },
  {
    title: "assigns no role that may do everything",
    violations: (inventory) =>
      inventory.all(azure.role).flatMap((role) => {
        const found = almighty[String(inputAt(role, "roleDefinitionId")).split("/").at(-1) ?? ""];
        return found === undefined ? [] : [`${role.name}: ${found}`];
      }),
  },
];
