import assert from "node:assert/strict";
import { Alerts, alertRules, type AlertsArgs } from "../../../components/platform/aks/alerts";
import { fixedNames } from "../../../components/platform/aks/names";
import { givenIds } from "../../support/azure-configurations";
import type { Inventory } from "../../support/inventory";
import { run } from "../../support/run";

const alertType = "azure-native:monitor:MetricAlert";
const groupType = "azure-native:monitor:ActionGroup";
const watched = { database: "/server", storage: "/account", cluster: "/cluster" };

const alerts = async (more: Partial<AlertsArgs> = {}): Promise<Inventory> =>
  (
    await run(() => {
      new Alerts("alerts", {
        scope: { subscriptionId: "sub", location: "westeurope", resourceGroupName: "spacelift", tags: {} },
        names: fixedNames("spacelift", "spacelift"),
        recipients: { emails: ["a@example.com", "b@example.com"], actionGroupIds: [givenIds.actionGroup] },
        watched,
        ...more,
      });
    })
  ).inventory;

describe("Alerts", () => {
  it("tell the addresses by a group of their own, and the groups there are", async () => {
    const inventory = await alerts();
    inventory.has(groupType, "alerts-emails", {
      actionGroupName: "spacelift-alerts",
      groupShortName: "spacelift",
      location: "Global",
      emailReceivers: [
        { name: "email-1", emailAddress: "a@example.com", useCommonAlertSchema: true },
        { name: "email-2", emailAddress: "b@example.com", useCommonAlertSchema: true },
      ],
    });
    for (const { inputs } of inventory.all(alertType)) {
      assert.deepEqual(inputs["actions"], [
        { actionGroupId: "alerts-emails-id" },
        { actionGroupId: givenIds.actionGroup },
      ]);
    }
  });

  it("make no group without addresses", async () => {
    const inventory = await alerts({ recipients: { emails: [], actionGroupIds: [givenIds.actionGroup] } });
    inventory.count(groupType, 0);
    inventory.count(alertType, 4);
  });

  it("are about a full disk, a database or an account that fails, and nodes that are not ready", async () => {
    const inventory = await alerts();
    const said = inventory.all(alertType).map(({ name, inputs }) => {
      const { criteria, scopes } = inputs as {
        readonly criteria: { readonly allOf: readonly Record<string, unknown>[] };
        readonly scopes: readonly string[];
      };
      const [rule = {}] = criteria.allOf;
      const { metricName, timeAggregation, operator, threshold } = rule;
      return [name, ...scopes, metricName, timeAggregation, operator, threshold].join(" ");
    });
    assert.deepEqual(said.sort(), [
      "alerts-cluster-nodes /cluster kube_node_status_condition Total GreaterThan 0",
      "alerts-database-alive /server is_db_alive Maximum LessThan 1",
      "alerts-database-storage /server storage_percent Average GreaterThan 80",
      "alerts-storage-availability /account Availability Average LessThan 99",
    ]);
    inventory.has(alertType, "alerts-cluster-nodes", {
      criteria: { allOf: [{ dimensions: [{ name: "status2", values: ["NotReady", "Unknown"] }] }] },
    });
  });

  it("are about what is created alone", async () => {
    const inventory = await alerts({ watched: { storage: "/account" } });
    assert.deepEqual(
      inventory.all(alertType).map(({ name }) => name),
      ["alerts-storage-availability"],
    );
  });

  it("say what to do in so many words as Azure takes", () => {
    for (const { description } of Object.values(alertRules)) assert.ok(description.length <= 4096);
  });
});
