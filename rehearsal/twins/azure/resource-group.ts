import { TwinError, type WorldState } from "../framework";
import { type ArmDeletion, type ArmType, definitionOf } from "./arm/definition";
import { type ArmRecord, below, findResource } from "./arm/tables";
import { deleteResource } from "./arm/requests";

/** A resource group; all that is in it goes with it. */
export const resourceGroup: ArmType = {
  token: "azure-native:resources:ResourceGroup",
  apiVersion: "2024-03-01",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}",
  type: "Microsoft.Resources/resourceGroups",
  contract: { library: "resources", model: "ResourceGroup" },
  nameRule: {
    pattern: /^[-\w._()]*[-\w_()]$/,
    min: 1,
    max: 90,
    words: "letters, digits, periods, underscores, hyphens and parentheses, no period last",
  },
  located: true,
  outputs: ["properties"],
  latency: { create: 3, update: 2, delete: 60 },
  compute: () => ({ properties: { provisioningState: "Succeeded" } }),
  blockDeletion(deletion) {
    emptyGroup(deletion);
  },
};

/** The service tries what is still in use again and again, at such intervals, before it gives up. */
const TRY_SECONDS = 30;
const TRIES = 20;

/** Takes the contents away in whatever order they allow; throws when some will not go. */
function emptyGroup({ state, id, name, now }: ArmDeletion): void {
  let problem: TwinError | undefined;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const later = new Date(now.getTime() + tries * TRY_SECONDS * 1000);
    problem = deleteWhatGoes(state, below(state, id), later);
    if (problem === undefined) return;
  }
  throw new TwinError(
    `Deletion of resource group '${name}' failed, for something in it is still needed: ${problem?.message ?? ""}`,
    "ResourceGroupDeletionBlocked",
  );
}

/** Deletes resources as far as possible; answers why one of them stays. */
function deleteWhatGoes(state: WorldState, contents: readonly ArmRecord[], now: Date): TwinError | undefined {
  let problem: TwinError | undefined;
  for (const { id } of contents) {
    const type = definitionOf(id);
    if (type === undefined || findResource(state, id) === undefined) continue;
    try {
      deleteResource(type, { state, id, now });
    } catch (error) {
      if (!(error instanceof TwinError)) throw error;
      problem = error;
    }
  }
  return problem;
}
