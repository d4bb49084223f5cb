import * as monitor from "@pulumi/azure-native/monitor";
import type * as pulumi from "@pulumi/pulumi";
import { SpaceliftComponent } from "../../component";
import type { LogAnalytics } from "../../../config/aks/parts";
import type { FixedNames } from "./names";
import type { AzureScope } from "./scope";

export interface ClusterLogsArgs extends LogAnalytics {
  readonly scope: AzureScope;
  readonly names: FixedNames;
  readonly clusterId: pulumi.Input<string>;
}

/** Logs of the control plane that are worth their price: who changed what, who logged in, why nodes came and went. */
const auditCategories = ["kube-audit-admin", "guard", "cluster-autoscaler"];

/** All that the agent on the nodes gathers: logs of containers, events, the inventory, performance. */
const containerStreams = ["Microsoft-ContainerInsights-Group-Default"];

/**
 * Sends the logs of a cluster to a Log Analytics workspace: those of the control plane by a diagnostic setting, those of
 * the containers by a data collection rule. Without a rule, the agent that the add-on puts on the nodes sends nothing.
 */
export class ClusterLogs extends SpaceliftComponent {
  constructor(name: string, args: ClusterLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:aks:ClusterLogs", name, opts);
    const { scope, names, clusterId, workspaceId, location } = args;
    new monitor.DiagnosticSetting(
      this.child("audit"),
      {
        resourceUri: clusterId,
        name: "spacelift",
        workspaceId,
        // Tables of their own for AKS, rather than the one of all services, whose rows are wider and cost more.
        logAnalyticsDestinationType: "Dedicated",
        logs: auditCategories.map((category) => ({ category, enabled: true })),
      },
      { parent: this },
    );
    const destination = "workspace";
    const rule = new monitor.DataCollectionRule(
      this.child("rule"),
      {
        resourceGroupName: scope.resourceGroupName,
        // A rule must be in the region of the workspace.
        location,
        tags: scope.tags,
        dataCollectionRuleName: names.containerLogs,
        kind: "Linux",
        dataSources: {
          extensions: [
            {
              name: "ContainerInsightsExtension",
              extensionName: "ContainerInsights",
              streams: containerStreams,
              extensionSettings: {
                dataCollectionSettings: {
                  interval: "1m",
                  namespaceFilteringMode: "Off",
                  enableContainerLogV2: true,
                },
              },
            },
          ],
        },
        destinations: { logAnalytics: [{ name: destination, workspaceResourceId: workspaceId }] },
        dataFlows: [{ streams: containerStreams, destinations: [destination] }],
      },
      { parent: this },
    );
    new monitor.DataCollectionRuleAssociation(
      this.child("association"),
      {
        resourceUri: clusterId,
        // The one name the agent looks for.
        associationName: "ContainerInsightsExtension",
        dataCollectionRuleId: rule.id,
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
