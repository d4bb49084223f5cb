import { listAt, stringAt } from "../../framework";
import type { ArmType } from "../arm/definition";
import { invalidParameter, requireScope } from "../arm/refusals";
import { findResource, shortLocation } from "../arm/tables";
import { stableUuid } from "../config";

/** What is gathered on machines, and where it goes. */
export const dataCollectionRule: ArmType = {
  token: "azure-native:monitor:DataCollectionRule",
  apiVersion: "2022-06-01",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Insights/dataCollectionRules/{dataCollectionRuleName}",
  contract: { library: "monitor", model: "DataCollectionRuleResource" },
  located: true,
  outputs: ["etag", "immutableId", "provisioningState"],
  latency: { create: 5, update: 5, delete: 5 },
  validate({ inputs, id, state, location }) {
    for (const destination of listAt(inputs, "destinations", "logAnalytics")) {
      const workspaceId = stringAt(destination, "workspaceResourceId");
      const workspace = findResource(state, workspaceId);
      if (workspace === undefined)
        throw invalidParameter(
          `The workspace ${workspaceId ?? ""} of ${id} was not found.`,
          "InvalidPayload",
        );
      if (shortLocation(stringAt(workspace.properties, "location") ?? "") !== location)
        throw invalidParameter(`The rule ${id} is not in the region of its workspace.`, "InvalidPayload");
    }
  },
  compute: ({ id }) => ({
    etag: `"${stableUuid("etag", id)}"`,
    immutableId: `dcr-${stableUuid("rule", id).replaceAll("-", "")}`,
    provisioningState: "Succeeded",
  }),
};

/** What a rule holds for. */
export const dataCollectionRuleAssociation: ArmType = {
  token: "azure-native:monitor:DataCollectionRuleAssociation",
  apiVersion: "2022-06-01",
  path: "{resourceUri}/providers/Microsoft.Insights/dataCollectionRuleAssociations/{associationName}",
  type: "Microsoft.Insights/dataCollectionRuleAssociations",
  contract: { library: "monitor", model: "DataCollectionRuleAssociationProxyOnlyResource" },
  outputs: ["etag", "provisioningState"],
  latency: { create: 5, update: 5, delete: 5 },
  validate(request) {
    requireScope(request);
    const { inputs, id, state } = request;
    const rule = stringAt(inputs, "dataCollectionRuleId");
    if (findResource(state, rule) === undefined)
      throw invalidParameter(`The rule ${rule ?? ""} of ${id} was not found.`, "NotFound");
  },
  compute: ({ id }) => ({ etag: `"${stableUuid("etag", id)}"`, provisioningState: "Succeeded" }),
};
