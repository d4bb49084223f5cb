import { at, listAt, stringAt } from "../framework";
import type { ArmType } from "./arm/definition";
import { invalidParameter, requireScope } from "./arm/refusals";
import { typeOfId } from "./arm/resource-id";
import { findResource, shortLocation } from "./arm/tables";
import { stableUuid } from "./config";

/** A workspace, in which logs are kept. */
export const workspace: ArmType = {
  token: "azure-native:operationalinsights:Workspace",
  apiVersion: "2023-09-01",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.OperationalInsights/workspaces/{workspaceName}",
  contract: { library: "operationalinsights", model: "Workspace" },
  nameRule: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9-]+[A-Za-z0-9]$/,
    min: 4,
    max: 63,
    words: "letters, digits and hyphens between them",
  },
  located: true,
  outputs: ["createdDate", "customerId", "etag", "modifiedDate", "provisioningState"],
  latency: { create: 30, update: 10, delete: 10 },
  validate({ inputs, id }) {
    const days = inputs["retentionInDays"];
    if (typeof days === "number" && !(Number.isInteger(days) && days >= 7 && days <= 730))
      throw invalidParameter(`The logs of ${id} are kept 7 to 730 days, not ${days}.`, "InvalidParameter");
  },
  compute: ({ id, now }, before) => ({
    customerId: stableUuid("workspace", id),
    createdDate: stringAt(before?.computed, "createdDate") ?? now.toISOString(),
    modifiedDate: stringAt(before?.computed, "modifiedDate") ?? now.toISOString(),
    etag: `"${stableUuid("etag", id)}"`,
    provisioningState: "Succeeded",
  }),
};

const CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  "Microsoft.ContainerService/managedClusters": [
    "cloud-controller-manager",
    "cluster-autoscaler",
    "csi-azuredisk-controller",
    "csi-azurefile-controller",
    "csi-snapshot-controller",
    "guard",
    "kube-apiserver",
    "kube-audit",
    "kube-audit-admin",
    "kube-controller-manager",
    "kube-scheduler",
  ],
  "Microsoft.DBforPostgreSQL/flexibleServers": [
    "PostgreSQLFlexDatabaseXacts",
    "PostgreSQLFlexQueryStoreRuntime",
    "PostgreSQLFlexQueryStoreWaitStats",
    "PostgreSQLFlexSessions",
    "PostgreSQLFlexTableStats",
    "PostgreSQLLogs",
  ],
};

/** A setting that sends the logs of a resource somewhere. */
export const diagnosticSetting: ArmType = {
  token: "azure-native:monitor:DiagnosticSetting",
  apiVersion: "2021-05-01-preview",
  path: "{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
  type: "Microsoft.Insights/diagnosticSettings",
  contract: { library: "monitor", model: "DiagnosticSettingsResource" },
  latency: { create: 5, update: 5, delete: 3 },
  validate(request) {
    requireScope(request);
    const { inputs, id } = request;
    const sinks = ["workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId"];
    if (sinks.every((sink) => inputs[sink] === undefined))
      throw invalidParameter(`The diagnostic setting ${id} sends nowhere.`, "BadRequest");
    const known = CATEGORIES[typeOfId(stringAt(inputs, "resourceUri") ?? "")];
    for (const log of listAt(inputs, "logs")) {
      const category = at(log, "category");
      if (typeof category === "string" && known?.includes(category) === false)
        throw invalidParameter(
          `Category '${category}' is not supported by the resource of ${id}.`,
          "BadRequest",
        );
    }
  },
};

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
