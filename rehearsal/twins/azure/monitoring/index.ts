import { at, flag, listAt, listOf, mapOf, numeric, object, stringAt, text } from "../../framework";
import type { ArmType } from "../arm/definition";
import { invalidParameter } from "../arm/errors";
import { typeOfId } from "../arm/resource-id";
import { stableUuid } from "../config";
import { requireScope } from "../identity/scope";

const workspace: ArmType = {
  token: "azure-native:operationalinsights:Workspace",
  apiVersion: "2023-09-01",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.OperationalInsights/workspaces/{workspaceName}",
  fields: {
    defaultDataCollectionRuleResourceId: text(),
    features: object({
      clusterResourceId: text(),
      disableLocalAuth: flag(),
      enableDataExport: flag(),
      enableLogAccessUsingOnlyResourcePermissions: flag(),
      immediatePurgeDataOn30Days: flag(),
    }),
    forceCmkForQuery: flag(),
    location: text(),
    publicNetworkAccessForIngestion: text({ oneOf: ["Enabled", "Disabled"] }),
    publicNetworkAccessForQuery: text({ oneOf: ["Enabled", "Disabled"] }),
    retentionInDays: numeric({ integer: true, min: 7, max: 730 }),
    sku: object({ name: text({ required: true }), capacityReservationLevel: numeric() }),
    tags: mapOf(text()),
    workspaceCapping: object({ dailyQuotaGb: numeric() }),
  },
  nameRule: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9-]+[A-Za-z0-9]$/,
    min: 4,
    max: 63,
    words: "letters, digits and hyphens between them",
  },
  located: true,
  outputs: ["createdDate", "customerId", "etag", "modifiedDate", "provisioningState"],
  latency: { create: 30, update: 10, delete: 10 },
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

const settings = {
  category: text(),
  categoryGroup: text(),
  enabled: flag({ required: true }),
  retentionPolicy: object({ days: numeric(), enabled: flag() }),
};

const diagnosticSetting: ArmType = {
  token: "azure-native:monitor:DiagnosticSetting",
  apiVersion: "2021-05-01-preview",
  path: "{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
  type: "Microsoft.Insights/diagnosticSettings",
  fields: {
    eventHubAuthorizationRuleId: text(),
    eventHubName: text(),
    logAnalyticsDestinationType: text(),
    logs: listOf(object(settings)),
    marketplacePartnerId: text(),
    metrics: listOf(object({ ...settings, timeGrain: text() })),
    serviceBusRuleId: text(),
    storageAccountId: text(),
    workspaceId: text(),
  },
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
export const monitoringTypes = [workspace, diagnosticSetting];
