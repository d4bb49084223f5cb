import { type Policy, azure, inputAt } from "./policy";

/** Types whose names are unique in the world, with the input that names them. */
const worldUnique: readonly (readonly [type: string, input: string])[] = [
  [azure.account, "accountName"],
  [azure.registry, "registryName"],
  [azure.server, "serverName"],
  [azure.zone, "privateZoneName"],
];

/**
 * Policies about names.
 *
 * @param seed what tells one installation from every other
 */
export const namePolicies = (seed: string): readonly Policy[] => [
  {
    title: "carries the seed in every name that is unique in the world",
    violations: (inventory) =>
      worldUnique.flatMap(([type, input]) =>
        inventory
          .all(type)
          .filter((resource) => !String(inputAt(resource, input)).includes(seed))
          .map((resource) => `${resource.name}: ${String(inputAt(resource, input))}`),
      ),
  },
];
