import { strict as assert } from "node:assert";
import { azureTwin } from "../../../rehearsal/twins/azure";
import { type Properties, stringAt, textOf } from "../../../rehearsal/twins/framework";
import { connected } from "../support/connected";
import type { State } from "../support/engine-client";
import { AZURE } from "./support/tokens";
import { Installation } from "./support/installation";

describe("The azure twin for another cloud", () => {
  const engine = connected(azureTwin(), { environment: "usgovernment" });
  const make = new Installation(engine);
  const cluster = async (more: Properties = {}): Promise<State> => {
    const parts = await make.clusterPartsInGroup();
    return engine().create(
      AZURE.cluster,
      "aks",
      make.clusterInputs(parts, { location: "usgovvirginia", ...more }),
    );
  };

  it("has regions of its own, and no others", async () => {
    await assert.rejects(make.group("rg", "westeurope"), /location 'westeurope' is not available/);
    await make.group("rg", "usgovvirginia");
    await engine().configure({});
    await assert.rejects(make.group("other", "usgovvirginia"), /location 'usgovvirginia' is not available/);
  });

  it("gives its services names in its domains", async () => {
    await make.group("rg", "usgovvirginia");
    const account = await make.account();
    assert.equal(
      stringAt(account.outputs, "primaryEndpoints", "blob"),
      `https://${textOf(account.inputs["accountName"])}.blob.core.usgovcloudapi.net/`,
    );
    const { outputs } = await cluster();
    assert.match(textOf(outputs["fqdn"]), /\.hcp\.usgovvirginia\.cx\.aks\.containerservice\.azure\.us$/);
  });

  it("refuses an add-on that it does not know, even switched off", async () => {
    await make.group("rg", "usgovvirginia");
    await assert.rejects(
      cluster({ addonProfiles: { kubeDashboard: { enabled: false } } }),
      // The words of Azure in pulumi/pulumi-azure#533 and hashicorp/terraform-provider-azurerm#7136.
      /OperationNotAllowed.*Addon 'kubeDashboard' is not supported in this cloud environment\./s,
    );
  });

  it("takes one that it knows", async () => {
    await make.group("rg", "usgovvirginia");
    await cluster({ addonProfiles: { azurepolicy: { enabled: true } } });
  });
});
