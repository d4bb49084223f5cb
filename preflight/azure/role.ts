import { actions } from "./actions";

/**
 * A custom role for whoever deploys, in the form that `az role definition create` takes: all that any configuration uses.
 * What one configuration uses, a check says.
 */
export const azureRole = (): string =>
  JSON.stringify({
    Name: "Spacelift deployer",
    Description: "Creates, changes and destroys Spacelift with spacelift-selfhosted-pulumi.",
    Actions: [...new Set(Object.values(actions).flat())].sort(),
    AssignableScopes: ["/subscriptions/00000000-0000-0000-0000-000000000000"],
  });
