import { strict as assert } from "node:assert";
import { textOf, type Value } from "../../../rehearsal/twins/framework";
import { azureTwin } from "../../../rehearsal/twins/azure";
import { subscriptionView } from "../../../rehearsal/twins/azure/api/view";
import { definitionOf } from "../../../rehearsal/twins/azure/arm/definition";
import { unregistered } from "../../../rehearsal/twins/azure/arm/tables";
import { clientOf } from "../../../rehearsal/twins/azure/config";
import { deviations } from "../../support/arm/conformance";
import { connected } from "../support/connected";
import { Installation } from "./support/installation";

describe("The simulated Azure as Resource Manager shows it", () => {
  const engine = connected(azureTwin());
  const make = new Installation(engine);
  const { subscriptionId } = clientOf({});
  const view = (): ReturnType<typeof subscriptionView> =>
    engine().world.read((state) => subscriptionView(state, subscriptionId));

  it("has what the twin holds, in the shape that Microsoft's own libraries read", async () => {
    const parts = await make.clusterParts();
    await engine().create("azure-native:containerservice:ManagedCluster", "aks", make.clusterInputs(parts));
    await make.registry();
    await make.privateZone();
    const { resources, groups } = view();
    assert.ok(groups.has("rg"));
    const seen = [...resources.values()].map((body) => {
      const id = textOf(body["id"] as Value);
      const type = definitionOf(id);
      assert.ok(type, id);
      // Some types are described by what is sent to make one, which is less than what comes back.
      if (!type.contract.model.endsWith("Parameters"))
        assert.deepEqual(deviations(type.contract, body), [], id);
      return textOf(body["type"] as Value);
    });
    for (const type of ["managedClusters", "registries", "virtualNetworks/subnets", "privateDnsZones"])
      assert.ok(
        seen.some((each) => each.endsWith(`/${type}`)),
        `${type}: ${seen.join(", ")}`,
      );
    const cluster = [...resources.values()].find(({ type }) =>
      textOf(type as Value).endsWith("/managedClusters"),
    );
    const { provisioningState, kubernetesVersion, agentPoolProfiles } = cluster?.["properties"] as Record<
      string,
      unknown
    >;
    assert.equal(provisioningState, "Succeeded");
    assert.ok(kubernetesVersion);
    assert.ok(Array.isArray(agentPoolProfiles) && agentPoolProfiles.length > 0);
  });

  it("says which resource providers are not registered", () => {
    assert.equal(view().providers.get("Microsoft.Storage"), "Registered");
    engine().world.change((state) => {
      unregistered.of(state).set("microsoft.storage", { namespace: "Microsoft.Storage" });
    });
    assert.equal(view().providers.get("Microsoft.Storage"), "NotRegistered");
  });
});
