import * as monitor from "@pulumi/azure-native/monitor";
import type * as pulumi from "@pulumi/pulumi";
import type { CompleteAks } from "../../../config/aks/parts";
import { SpaceliftComponent } from "../../component";
import { defined } from "../../json";
import type { FixedNames } from "./names";
import type { AzureScope } from "./scope";

/** Parts that are watched. */
export type Watched = "database" | "storage" | "cluster";

export interface AlertsArgs {
  readonly scope: AzureScope;
  readonly names: FixedNames;
  /** Who is told. */
  readonly recipients: NonNullable<CompleteAks["alerts"]>;
  /** Ids of the parts there are. */
  readonly watched: Readonly<Partial<Record<Watched, pulumi.Input<string>>>>;
}

/** When an alert is raised, and how. */
export interface AlertRule {
  readonly part: Watched;
  readonly metric: string;
  /** Type of the part, which is the namespace of its metrics. */
  readonly namespace: string;
  readonly aggregation: "Average" | "Maximum" | "Total";
  readonly operator: "GreaterThan" | "LessThan";
  readonly threshold: number;
  readonly dimension?: { readonly name: string; readonly values: readonly string[] };
  /** 0 is critical, 1 an error, 2 a warning. */
  readonly severity: 0 | 1 | 2;
  /** What is looked at each time, and how often, as ISO 8601 durations. */
  readonly window: string;
  readonly frequency: string;
  /** What the message says. */
  readonly description: string;
}

const postgres = "Microsoft.DBforPostgreSQL/flexibleServers";
const storage = "Microsoft.Storage/storageAccounts";
const cluster = "Microsoft.ContainerService/managedClusters";

/**
 * The rules, by what they are about. Metrics, aggregations and dimensions are those of Azure Monitor's reference, “Supported
 * metrics” of each type; windows and the condition of nodes as in Azure Monitor Baseline Alerts. Pods have a metric as well, yet
 * none that would tell of there being no pod: where there is none, nothing is measured.
 */
export const alertRules: Readonly<Record<string, AlertRule>> = {
  "database-storage": {
    part: "database",
    metric: "storage_percent",
    namespace: postgres,
    aggregation: "Average",
    operator: "GreaterThan",
    threshold: 80,
    severity: 2,
    window: "PT15M",
    frequency: "PT5M",
    description:
      "The disk of Spacelift's database is more than 80 % full. When it has grown, enter its size in spacelift:aks.database.storageGb.",
  },
  "database-alive": {
    part: "database",
    metric: "is_db_alive",
    namespace: postgres,
    // One sample of 1 in the window means that it was up, so that a restart raises no alert (PostgreSQL, “Monitoring and metrics”).
    aggregation: "Maximum",
    operator: "LessThan",
    threshold: 1,
    severity: 0,
    window: "PT5M",
    frequency: "PT1M",
    description: "Spacelift's database has been down for five minutes.",
  },
  "storage-availability": {
    part: "storage",
    metric: "Availability",
    namespace: storage,
    aggregation: "Average",
    operator: "LessThan",
    // Of 100, a single request that failed would be enough.
    threshold: 99,
    severity: 1,
    window: "PT15M",
    frequency: "PT5M",
    description: "More than one in a hundred requests to Spacelift's storage account fails on Azure's side.",
  },
  "cluster-nodes": {
    part: "cluster",
    metric: "kube_node_status_condition",
    namespace: cluster,
    aggregation: "Total",
    operator: "GreaterThan",
    threshold: 0,
    dimension: { name: "status2", values: ["NotReady", "Unknown"] },
    severity: 2,
    window: "PT5M",
    frequency: "PT1M",
    description: "A node of Spacelift's cluster is not ready.",
  },
};

/** Alerts on the parts that are created, and an action group for those who get them by e-mail. */
export class Alerts extends SpaceliftComponent {
  constructor(name: string, args: AlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:aks:Alerts", name, opts);
    const { emails, actionGroupIds } = args.recipients;
    const group = emails.length > 0 ? this.createGroup(args, emails) : undefined;
    const actions = [...(group ? [group.id] : []), ...actionGroupIds].map((actionGroupId) => ({
      actionGroupId,
    }));
    for (const [role, rule] of Object.entries(alertRules)) {
      const target = args.watched[rule.part];
      if (target !== undefined) this.createRule(args, role, rule, target, actions);
    }
    this.registerOutputs();
  }

  private createGroup({ scope, names }: AlertsArgs, emails: readonly string[]): monitor.ActionGroup {
    return new monitor.ActionGroup(
      this.child("emails"),
      {
        resourceGroupName: scope.resourceGroupName,
        location: "Global",
        tags: scope.tags,
        actionGroupName: names.alerts,
        // At most twelve characters, which a message begins with.
        groupShortName: "spacelift",
        enabled: true,
        emailReceivers: emails.map((emailAddress, index) => ({
          name: `email-${index + 1}`,
          emailAddress,
          useCommonAlertSchema: true,
        })),
      },
      { parent: this },
    );
  }

  private createRule(
    { scope, names }: AlertsArgs,
    role: string,
    rule: AlertRule,
    target: pulumi.Input<string>,
    actions: { readonly actionGroupId: pulumi.Input<string> }[],
  ): void {
    new monitor.MetricAlert(
      this.child(role),
      {
        resourceGroupName: scope.resourceGroupName,
        location: "global",
        tags: scope.tags,
        ruleName: `${names.alerts}-${role}`,
        description: rule.description,
        enabled: true,
        severity: rule.severity,
        scopes: [target],
        evaluationFrequency: rule.frequency,
        windowSize: rule.window,
        autoMitigate: true,
        criteria: {
          odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
          allOf: [
            defined({
              criterionType: "StaticThresholdCriterion" as const,
              name: role,
              metricNamespace: rule.namespace,
              metricName: rule.metric,
              timeAggregation: rule.aggregation,
              operator: rule.operator,
              threshold: rule.threshold,
              dimensions: rule.dimension && [
                { name: rule.dimension.name, operator: "Include", values: [...rule.dimension.values] },
              ],
            }),
          ],
        },
        actions,
      },
      { parent: this },
    );
  }
}
