import { strict as assert } from "node:assert";
import { type Properties, stringAt, textOf } from "../../../rehearsal/twins/framework";
import { azureTwin } from "../../../rehearsal/twins/azure";
import { addExisting } from "../../../rehearsal/twins/azure/existing";
import { connected } from "../support/connected";
import { idIn } from "./support/installation";

describe("Resources of Azure that are there before", () => {
  const engine = connected(azureTwin());
  const get = (token: string, args: Record<string, string>): Promise<Properties> =>
    engine().invoke(`azure-native:${token}`, { resourceGroupName: "theirs", ...args });

  it("are found with the group and the parents they lie in", async () => {
    const id = idIn("Microsoft.Network/virtualNetworks/hub/subnets/aks", "theirs");
    addExisting(engine().world, id, {
      location: "northeurope",
      inputs: { addressPrefix: "10.30.8.0/22" },
    });
    addExisting(engine().world, id);
    const subnet = await get("network:getSubnet", { virtualNetworkName: "hub", subnetName: "aks" });
    assert.equal(subnet["addressPrefix"], "10.30.8.0/22");
    assert.equal(
      (await get("network:getVirtualNetwork", { virtualNetworkName: "hub" }))["location"],
      "northeurope",
    );
    assert.equal((await get("resources:getResourceGroup", {}))["location"], "northeurope");
  });

  it("need no properties where the type has obvious ones", async () => {
    addExisting(engine().world, idIn("Microsoft.Network/publicIPAddresses/ip", "theirs"));
    addExisting(engine().world, idIn("Microsoft.Network/dnsZones/example.com", "theirs"));
    addExisting(engine().world, idIn("Microsoft.ContainerRegistry/registries/theirregistry", "theirs"));
    addExisting(engine().world, idIn("Microsoft.Storage/storageAccounts/theirstorage", "theirs"));
    const address = await get("network:getPublicIPAddress", { publicIpAddressName: "ip" });
    assert.match(textOf(address["ipAddress"]), /^198\.51\.100\./);
    assert.deepEqual(textOf((await get("dns:getZone", { zoneName: "example.com" }))["location"]), "global");
  });

  it("include records, whatever their type", async () => {
    const id = idIn("Microsoft.Network/dnsZones/example.com/A/www", "theirs");
    addExisting(engine().world, id, { inputs: { ttl: 60, aRecords: [{ ipv4Address: "198.51.100.4" }] } });
    const args = { zoneName: "example.com", recordType: "A", relativeRecordSetName: "www" };
    assert.equal((await get("dns:getRecordSet", args))["fqdn"], "www.example.com.");
    assert.equal((await get("dns:getZone", { zoneName: "example.com" }))["name"], "example.com");
  });

  it("include a cluster, which then answers", async () => {
    addExisting(engine().world, idIn("Microsoft.ContainerService/managedClusters/theirs", "theirs"));
    const token = "containerservice:listManagedClusterUserCredentials";
    const { kubeconfigs } = await get(token, { resourceName: "theirs" });
    assert.match(
      Buffer.from(stringAt(kubeconfigs, 0, "value") ?? "", "base64").toString(),
      /"server":"https:\/\/theirs-/,
    );
  });

  it("rejects what is not simulated", () => {
    assert.throws(() => {
      addExisting(engine().world, idIn("Microsoft.Web/sites/mine"));
    }, /Microsoft\.Web\/sites\/mine are not simulated/);
  });
});
