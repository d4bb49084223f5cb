import { type at, listAt, stringAt } from "../framework";
import type { ArmRequest, ArmType } from "./arm/definition";
import { invalidParameter } from "./arm/refusals";
import { nameOfId, typeOfId } from "./arm/resource-id";

const MOST_OF_SHORT_NAME = 12;

/** Whom an alert tells, and how. */
export const actionGroup: ArmType = {
  token: "azure-native:monitor:ActionGroup",
  apiVersion: "2024-10-01-preview",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Insights/actionGroups/{actionGroupName}",
  contract: { library: "monitor", model: "ActionGroupResource" },
  located: true,
  isGlobal: true,
  latency: { create: 5, update: 5, delete: 5 },
  validate({ inputs, id }) {
    const short = stringAt(inputs, "groupShortName") ?? "";
    if (short === "" || short.length > MOST_OF_SHORT_NAME)
      throw invalidParameter(
        `The short name '${short}' of ${id} must have 1 to 12 characters.`,
        "BadRequest",
      );
    const names = listAt(inputs, "emailReceivers").map((each) => stringAt(each, "name") ?? "");
    if (new Set(names).size < names.length)
      throw invalidParameter(
        `Receivers of ${id} share a name: ${names.join(", ")}.`,
        "ReceiverNameNotUnique",
      );
  },
};

interface Metric {
  readonly aggregations: readonly string[];
  readonly dimensions?: readonly string[];
}

/** Metrics by the type that has them, in lower case: Azure Monitor's “Supported metrics” of each. */
const METRICS: Readonly<Record<string, Readonly<Record<string, Metric>>>> = {
  "microsoft.dbforpostgresql/flexibleservers": {
    active_connections: { aggregations: ["Average", "Maximum", "Minimum"] },
    cpu_percent: { aggregations: ["Average", "Maximum", "Minimum"] },
    is_db_alive: { aggregations: ["Average", "Maximum", "Minimum"] },
    storage_percent: { aggregations: ["Average", "Maximum", "Minimum"] },
  },
  "microsoft.storage/storageaccounts": {
    Availability: {
      aggregations: ["Average", "Maximum", "Minimum"],
      dimensions: ["GeoType", "ApiName", "Authentication"],
    },
    UsedCapacity: { aggregations: ["Average"] },
  },
  "microsoft.containerservice/managedclusters": {
    kube_node_status_condition: {
      aggregations: ["Total", "Average"],
      dimensions: ["condition", "status", "status2", "node"],
    },
    kube_pod_status_ready: {
      aggregations: ["Total", "Average"],
      dimensions: ["namespace", "pod", "condition"],
    },
  },
};

/** Minutes of the durations that are taken (“Metric Alerts - Create Or Update”). */
const MINUTES: Readonly<Record<string, number>> = {
  PT1M: 1,
  PT5M: 5,
  PT15M: 15,
  PT30M: 30,
  PT1H: 60,
  PT6H: 360,
  PT12H: 720,
  P1D: 1440,
};

/** A rule is looked at once an hour, or more often. */
const MOST_FREQUENCY = 60;

/** A rule that looks at a metric of a resource. */
export const metricAlert: ArmType = {
  token: "azure-native:monitor:MetricAlert",
  apiVersion: "2018-03-01",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Insights/metricAlerts/{ruleName}",
  contract: { library: "monitor", model: "MetricAlertResource" },
  located: true,
  isGlobal: true,
  outputs: ["isMigrated", "lastUpdatedTime"],
  latency: { create: 5, update: 5, delete: 3 },
  validate(request) {
    const { inputs, id } = request;
    const [window = 0, frequency = 0] = ["windowSize", "evaluationFrequency"].map(
      (key) => MINUTES[stringAt(inputs, key) ?? ""],
    );
    if (window === 0 || frequency === 0 || frequency > MOST_FREQUENCY || window < frequency)
      throw invalidParameter(`The window and the frequency of ${id} do not go together.`, "BadRequest");
    const { severity } = inputs;
    if (typeof severity !== "number" || ![0, 1, 2, 3, 4].includes(severity))
      throw invalidParameter(`The severity of ${id} is none of 0 to 4.`, "BadRequest");
    for (const criterion of listAt(inputs, "criteria", "allOf")) checkCriterion(criterion, request);
    const groups = listAt(inputs, "actions").map((each) =>
      (stringAt(each, "actionGroupId") ?? "").toLowerCase(),
    );
    if (new Set(groups).size < groups.length)
      throw invalidParameter(`The rule ${id} names an action group twice.`, "BadRequest");
  },
  compute: ({ now }) => ({ isMigrated: false, lastUpdatedTime: now.toISOString() }),
};

function checkCriterion(criterion: Parameters<typeof at>[0], { inputs, id }: ArmRequest): void {
  for (const scope of listAt(inputs, "scopes").map(String)) {
    const namespace = stringAt(criterion, "metricNamespace") ?? typeOfId(scope);
    const name = stringAt(criterion, "metricName") ?? "";
    const metric = METRICS[namespace.toLowerCase()]?.[name];
    if (metric === undefined || namespace.toLowerCase() !== typeOfId(scope).toLowerCase())
      throw invalidParameter(
        `Couldn't find a metric named ${name} of ${nameOfId(scope)} in ${namespace}: ${id}.`,
        "BadRequest",
      );
    const aggregation = stringAt(criterion, "timeAggregation") ?? "";
    if (!metric.aggregations.includes(aggregation))
      throw invalidParameter(`The metric ${name} is not aggregated by ${aggregation}: ${id}.`, "BadRequest");
    const odd = listAt(criterion, "dimensions")
      .map((each) => stringAt(each, "name") ?? "")
      .find((each) => metric.dimensions?.includes(each) !== true);
    if (odd !== undefined)
      throw invalidParameter(`The metric ${name} has no dimension ${odd}: ${id}.`, "BadRequest");
  }
}
