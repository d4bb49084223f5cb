import { mapOf, text, TwinError } from "../framework";
import type { ArmDeletion, ArmType } from "./arm/definition";
import { definitionOf } from "./arm/definitions";
import { invalidParameter } from "./arm/errors";
import { below, findResource } from "./arm/lookup";
import { deleteResource } from "./arm/requests";
import { isRegion } from "./regions";

/** A resource group; all that is in it goes with it. */
export const resourceGroup: ArmType = {
  token: "azure-native:resources:ResourceGroup",
  apiVersion: "2024-03-01",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}",
  type: "Microsoft.Resources/resourceGroups",
  fields: { location: text(), managedBy: text(), tags: mapOf(text()) },
  nameRule: {
    pattern: /^[-\w._()]*[-\w_()]$/,
    min: 1,
    max: 90,
    words: "letters, digits, periods, underscores, hyphens and parentheses, no period last",
  },
  located: true,
  outputs: ["properties"],
  latency: { create: 3, update: 2, delete: 60 },
  validate({ location, name }) {
    if (location !== undefined && isRegion(location)) return;
    throw invalidParameter(
      `The provided location '${location ?? ""}' is not available for resource group '${name}'.`,
      "LocationNotAvailableForResourceGroup",
    );
  },
  compute: () => ({ properties: { provisioningState: "Succeeded" } }),
  blockDeletion(deletion) {
    emptyGroup(deletion);
  },
};

/** Takes the contents away in whatever order they allow; throws when some will not go. */
function emptyGroup({ state, id, name, now }: ArmDeletion): void {
  for (;;) {
    const contents = below(state, id);
    let problem: TwinError | undefined;
    let gone = 0;
    for (const { id: content } of contents) {
      const type = definitionOf(content);
      if (type === undefined || findResource(state, content) === undefined) continue;
      try {
        deleteResource(type, { state, id: content, now });
        gone += 1;
      } catch (error) {
        if (!(error instanceof TwinError)) throw error;
        problem = error;
      }
    }
    if (problem === undefined) return;
    if (gone > 0) continue;
    throw new TwinError(
      `Deletion of resource group '${name}' failed, for something in it is still needed: ${problem.message}`,
      "ResourceGroupDeletionBlocked",
    );
  }
}
