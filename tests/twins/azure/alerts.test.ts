import { strict as assert } from "node:assert";
import { azureTwin } from "../../../rehearsal/twins/azure";
import type { Properties } from "../../../rehearsal/twins/framework";
import { connected } from "../support/connected";
import type { State } from "../support/engine-client";
import { idIn, Installation } from "./support/installation";

// Metrics, aggregations and dimensions: Azure Monitor's “Supported metrics”. Durations and severities: “Metric Alerts - Create Or
// Update”. Short names and receivers: the description of `ActionGroupResource`.
describe("The azure twin for alerts", () => {
  const engine = connected(azureTwin());
  const make = new Installation(engine);
  const group = (more: Properties = {}): Promise<State> =>
    make.make("actionGroup", {
      actionGroupName: "platform",
      location: "Global",
      groupShortName: "platform",
      enabled: true,
      emailReceivers: [{ name: "one", emailAddress: "platform@example.com" }],
      ...more,
    });
  const availability: Properties = {
    criterionType: "StaticThresholdCriterion",
    name: "availability",
    metricNamespace: "Microsoft.Storage/storageAccounts",
    metricName: "Availability",
    timeAggregation: "Average",
    operator: "LessThan",
    threshold: 99,
  };
  const alert = (account: State, criterion: Properties = {}, more: Properties = {}): Promise<State> =>
    make.make("alert", {
      ruleName: "availability",
      location: "global",
      enabled: true,
      severity: 1,
      scopes: [account.id],
      evaluationFrequency: "PT5M",
      windowSize: "PT15M",
      criteria: {
        odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
        allOf: [{ ...availability, ...criterion }],
      },
      ...more,
    });

  it("makes a rule that tells a group, and changes it in place", async () => {
    await make.group();
    const [account, { id }] = [await make.account(), await group()];
    const made = await alert(account, {}, { actions: [{ actionGroupId: id }] });
    const changed = await engine().update(made, { ...made.inputs, severity: 2 });
    assert.equal(changed.id, made.id);
    await engine().delete(changed);
  });

  it("rejects metrics, aggregations and dimensions that the resource does not have", async () => {
    await make.group();
    const account = await make.account();
    const wrong: readonly (readonly [Properties, RegExp])[] = [
      [{ metricName: "is_db_alive" }, /Couldn't find a metric named is_db_alive/],
      [{ metricNamespace: "Microsoft.Storage/accounts" }, /Couldn't find a metric/],
      [{ timeAggregation: "Total" }, /not aggregated by Total/],
      [{ dimensions: [{ name: "Colour", operator: "Include", values: ["red"] }] }, /no dimension Colour/],
    ];
    for (const [criterion, complaint] of wrong) await assert.rejects(alert(account, criterion), complaint);
  });

  it("rejects conditions of a kind that there is not, and properties that its kind does not have", async () => {
    await make.group();
    const account = await make.account();
    await assert.rejects(alert(account, { criterionType: "Odd" }), /criterionType: "Odd" is none of Static/);
    await assert.rejects(alert(account, { alertSensitivity: "High" }), /knows no such property/);
    const criteria = { odataType: "Microsoft.Azure.Monitor.Odd", allOf: [availability] };
    await assert.rejects(
      alert(account, {}, { criteria }),
      /odataType: "Microsoft.Azure.Monitor.Odd" is none/,
    );
  });

  it("rejects windows that are shorter than the pauses between them, groups that are not there or named twice", async () => {
    await make.group();
    const [account, { id }] = [await make.account(), await group()];
    const gone = idIn("Microsoft.Insights/actionGroups/gone");
    const wrong: readonly (readonly [Properties, RegExp])[] = [
      [{ windowSize: "PT1M" }, /window and the frequency/],
      [{ evaluationFrequency: "PT7M" }, /window and the frequency/],
      [{ severity: 5 }, /severity/],
      [{ actions: [{ actionGroupId: gone }] }, /was not found/],
      [{ actions: [{ actionGroupId: id }, { actionGroupId: id.toUpperCase() }] }, /twice/],
      [{ location: "westeurope" }, /must be 'global'/],
    ];
    for (const [more, complaint] of wrong) await assert.rejects(alert(account, {}, more), complaint);
  });

  it("rejects groups with a long short name, and receivers of the same name", async () => {
    await make.group();
    await assert.rejects(group({ groupShortName: "platform-team" }), /groupShortName|short name/);
    const [one, other] = ["a@example.com", "b@example.com"].map((emailAddress) => ({
      name: "one",
      emailAddress,
    }));
    await assert.rejects(group({ emailReceivers: [one ?? {}, other ?? {}] }), /share a name/);
  });
});
