import { at, listAt, stringAt } from "../../framework";
import type { ArmType } from "../arm/definition";
import { invalidParameter, requireScope } from "../arm/refusals";
import { typeOfId } from "../arm/resource-id";
import { stableUuid } from "../config";
import { dataCollectionRule, dataCollectionRuleAssociation } from "./data-collection";

const workspace: ArmType = {
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

const diagnosticSetting: ArmType = {
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

/** The types of logs and of where they go. */
export const monitoringTypes = [
  workspace,
  diagnosticSetting,
  dataCollectionRule,
  dataCollectionRuleAssociation,
];
