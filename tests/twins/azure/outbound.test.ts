import { strict as assert } from "node:assert";
import { azureTwin } from "../../../rehearsal/twins/azure";
import { at, listAt, objectAt, stringAt, textOf } from "../../../rehearsal/twins/framework";
import { connected } from "../support/connected";
import type { EngineClient, State } from "../support/engine-client";
import { idIn, Installation } from "./support/installation";
import { AZURE } from "./support/tokens";

// The fields are those of Microsoft's ManagedClusterLoadBalancerProfile; that the addresses are told by their ids, and are
// looked up in the group of the nodes, is in AKS, “Use a public standard load balancer”.
describe("The azure twin for what leaves a cluster", () => {
  const engine = connected(azureTwin());
  const make = new Installation(engine);
  const outbound = ({ outputs }: State): readonly string[] =>
    listAt(outputs, "networkProfile", "loadBalancerProfile", "effectiveOutboundIPs").map(
      (each) => stringAt(each, "id") ?? "",
    );
  const lookUp = (id: string): ReturnType<EngineClient["invoke"]> =>
    engine().invoke("azure-native:network:getPublicIPAddress", {
      resourceGroupName: "aks-nodes",
      publicIpAddressName: id.split("/").at(-1) ?? "",
    });

  it("gives a load balancer one address, in the group of the nodes, that goes with the cluster", async () => {
    const cluster = await make.wholeCluster();
    const [id = "", ...more] = outbound(cluster);
    assert.deepEqual(more, []);
    assert.ok(id.startsWith(idIn("Microsoft.Network/publicIPAddresses/", "aks-nodes")), id);
    assert.match(textOf((await lookUp(id))["ipAddress"]), /^\d+(\.\d+){3}$/);
    const changed = await engine().update(cluster, { ...cluster.inputs, tags: { team: "platform" } });
    assert.deepEqual(outbound(changed), [id]);
    await engine().delete(changed);
    await assert.rejects(lookUp(id), /ResourceNotFound/);
  });

  it("tells none where a NAT gateway is the way out", async () => {
    const { subnet, ...identities } = await make.clusterParts();
    const address = await make.address();
    const gateway = await make.make("gateway", {
      natGatewayName: "nat",
      sku: { name: "Standard" },
      publicIpAddresses: [{ id: address.id }],
    });
    const routed = await engine().update(subnet, { ...subnet.inputs, natGateway: { id: gateway.id } });
    const inputs = make.clusterInputs({ ...identities, subnet: routed });
    const networkProfile = {
      ...objectAt(inputs, "networkProfile"),
      outboundType: "userAssignedNATGateway",
    };
    const cluster = await engine().create(AZURE.cluster, "aks", { ...inputs, networkProfile });
    assert.equal(at(cluster.outputs, "networkProfile", "loadBalancerProfile"), undefined);
  });
});
