import assert from "node:assert/strict";
import { azureTwin } from "../../../rehearsal/twins/azure";
import { connected } from "../support/connected";
import type { State } from "../support/engine-client";
import { idIn, Installation } from "./support/installation";
import { AZURE } from "./support/tokens";

describe("The azure twin for data collection rules", () => {
  const engine = connected(azureTwin());
  const make = new Installation(engine);
  let workspace: State;
  beforeEach(async () => {
    await make.group();
    workspace = await make.make("workspace", {
      workspaceName: "logs",
      location: "westeurope",
      sku: { name: "PerGB2018" },
    });
  });

  const rule = (workspaceResourceId: string, location = "westeurope"): Promise<State> =>
    make.make("dataCollection", {
      dataCollectionRuleName: "rule",
      location,
      kind: "Linux",
      destinations: { logAnalytics: [{ name: "workspace", workspaceResourceId }] },
    });

  it("rejects a rule for a workspace that is elsewhere, or nowhere", async () => {
    await assert.rejects(rule(workspace.id, "northeurope"), /not in the region of its workspace/);
    const missing = idIn("Microsoft.OperationalInsights/workspaces/missing");
    await assert.rejects(rule(missing), /missing.*not found/i);
    await rule(workspace.id);
  });

  it("rejects the association of a rule that is not there", async () => {
    const cluster = await make.wholeClusterIn();
    const associate = (dataCollectionRuleId: string): Promise<State> =>
      engine().create(AZURE.dataCollectionOf, "association", {
        resourceUri: cluster.id,
        associationName: "ContainerInsightsExtension",
        dataCollectionRuleId,
      });
    const missing = idIn("Microsoft.Insights/dataCollectionRules/missing");
    await assert.rejects(associate(missing), /missing.*not found/i);
    await associate((await rule(workspace.id)).id);
  });
});
