import assert from "node:assert/strict";
import { Network, type NetworkArgs } from "../../../components/platform/aks/network";
import { fixedNames } from "../../../components/platform/aks/names";
import { PublicAddress } from "../../../components/platform/aks/ingress-address";
import { type Inventory, absent, anything } from "../../support/inventory";
import { run, valueOf } from "../../support/run";

const scope = { subscriptionId: "sub", location: "westeurope", resourceGroupName: "spacelift", tags: {} };
const subnetType = "azure-native:network:Subnet";

const network = async (more: Partial<NetworkArgs> = {}): Promise<Inventory> =>
  (
    await run(() => {
      new Network("network", {
        scope,
        names: fixedNames("spacelift", "spacelift"),
        addressSpace: "10.30.0.0/16",
        nodeCidr: "10.30.0.0/22",
        databaseCidr: "10.30.4.0/26",
        zones: ["1", "2", "3"],
        natGateway: false,
        storageEndpoint: false,
        ...more,
      });
    })
  ).inventory;

describe("Network", () => {
  it("delegates the database's subnet and leaves the nodes' alone", async () => {
    const inventory = await network();
    inventory.has(subnetType, "network-nodes", {
      addressPrefix: "10.30.0.0/22",
      defaultOutboundAccess: false,
      delegations: absent,
      natGateway: absent,
      networkSecurityGroup: absent,
      serviceEndpoints: absent,
    });
    inventory.has(subnetType, "network-database", {
      addressPrefix: "10.30.4.0/26",
      delegations: [{ serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" }],
      networkSecurityGroup: { id: anything },
    });
  });

  it("does not fight over subnets with the network itself", async () => {
    const virtualNetwork = (await network()).one("azure-native:network:VirtualNetwork");
    assert.equal("subnets" in virtualNetwork.inputs, false);
    assert.deepEqual(virtualNetwork.options.ignoreChanges, ["subnets"]);
  });

  it("leaves through one address when asked", async () => {
    const inventory = await network({ natGateway: true });
    inventory.has(subnetType, "network-nodes", { natGateway: { id: anything } });
    inventory.has("azure-native:network:PublicIPAddress", "network-egress-ip", {
      publicIPAllocationMethod: "Static",
    });
  });

  it("lets the nodes through a storage firewall", async () => {
    (await network({ storageEndpoint: true })).has(subnetType, "network-nodes", {
      serviceEndpoints: [{ service: "Microsoft.Storage" }],
    });
  });

  it("makes nothing for an existing database", async () => {
    const { inventory } = await run(() => {
      new Network("network", {
        scope,
        names: fixedNames("spacelift", "spacelift"),
        addressSpace: "10.30.0.0/16",
        nodeCidr: "10.30.0.0/22",
        zones: [],
        natGateway: false,
        storageEndpoint: false,
      });
    });
    inventory.count(subnetType, 1);
    inventory.count("azure-native:network:NetworkSecurityGroup", 0);
  });
});

describe("PublicAddress", () => {
  const args = {
    scope: { subscriptionId: "sub", location: "westeurope", tags: {} },
    address: { kind: "new" },
    resourceGroupName: "spacelift-ingress",
    addressName: "spacelift-ingress-ip",
    zones: ["1", "2", "3"],
    clusterPrincipalId: "principal",
    assignRole: true,
  } as const;

  it("gives the cluster a role on the whole group of the address", async () => {
    const { inventory, result } = await run(() => {
      const { address } = new PublicAddress("ingress", args);
      return { address };
    });
    inventory.has("azure-native:authorization:RoleAssignment", "ingress-role", {
      scope: "ingress-group-id",
      principalId: "principal",
    });
    assert.equal(await valueOf(result.address), "198.51.100.4");
  });

  it("leaves to the cluster the tags it writes itself, and no others", async () => {
    const { inventory } = await run(() => {
      new PublicAddress("ingress", args);
    });
    const address = inventory.one("azure-native:network:PublicIPAddress");
    assert.ok(address.options.ignoreChanges.includes('tags["k8s-azure-service"]'));
    assert.ok(!address.options.ignoreChanges.includes("tags"));
  });

  it("takes an address that is there", async () => {
    const existing = { kind: "existing", id: "/given", resourceGroup: "corporate", name: "address" } as const;
    const { inventory, result } = await run(() => {
      const { address, serviceAnnotations } = new PublicAddress("ingress", { ...args, address: existing });
      return { address, serviceAnnotations };
    });
    inventory.count("azure-native:network:PublicIPAddress", 0);
    inventory.count("azure-native:resources:ResourceGroup", 0);
    inventory.has("azure-native:authorization:RoleAssignment", "ingress-role", {
      scope: "/subscriptions/sub/resourceGroups/corporate",
    });
    assert.equal(await valueOf(result.address), "198.51.100.9");
    assert.equal(result.serviceAnnotations["service.beta.kubernetes.io/azure-pip-name"], "address");
  });
});
