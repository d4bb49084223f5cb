import { strict as assert } from "node:assert";
import { azureTwin } from "../../../rehearsal/twins/azure";
import { takenNames, unregistered } from "../../../rehearsal/twins/azure/arm/tables";
import { UNKNOWN, textOf } from "../../../rehearsal/twins/framework";
import { connected } from "../support/connected";
import { EngineClient, urnOf } from "../support/engine-client";
import { idIn, Installation } from "./support/installation";
import { AZURE } from "./support/tokens";

describe("The azure twin as a resource manager", () => {
  const engine = connected(azureTwin());
  const make = new Installation(engine);

  it("names resources by their ids and describes them", async () => {
    const group = await make.group();
    assert.match(group.id, /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/rg$/);
    const { id, outputs } = await make.network();
    assert.equal(id, idIn("Microsoft.Network/virtualNetworks/vnet"));
    assert.equal(outputs["name"], "vnet");
    assert.equal(outputs["type"], "Microsoft.Network/virtualNetworks");
    assert.equal(outputs["resourceGroupName"], undefined);
  });

  it("gives a resource without a name one that its type allows, and keeps it", async () => {
    await make.group();
    const inputs = {
      resourceGroupName: "rg",
      kind: "StorageV2",
      sku: { name: "Standard_LRS" },
      location: "westeurope",
    };
    const state = await engine().create(AZURE.account, "my-Data", inputs);
    assert.match(textOf(state.outputs["name"]), /^mydata[0-9a-f]{8}$/);
    assert.equal((await engine().diff(state, inputs)).hasChanges, false);
  });

  it("gives a resource the location of the provider, else that of its group", async () => {
    await make.group("rg", "northeurope");
    assert.equal((await make.network()).inputs["location"], "northeurope");
    await engine().configure({ location: "westeurope" });
    assert.equal((await make.address()).inputs["location"], "westeurope");
  });

  it("takes the names of a region as equal however they are written", async () => {
    const group = await make.group("rg", "West Europe");
    const same = await engine().diff(group, { resourceGroupName: "rg", location: "westeurope" });
    assert.equal(same.hasChanges, false);
    const other = await engine().diff(group, { resourceGroupName: "rg", location: "northeurope" });
    assert.deepEqual(other.replaces, ["location"]);
    assert.equal(other.deleteBeforeReplace, true);
  });

  it("leaves what the service decides unknown in a preview", async () => {
    const inputs = { resourceGroupName: UNKNOWN, publicIpAddressName: "ip", sku: { name: "Standard" } };
    const { outputs } = await engine().create(AZURE.address, "ip", inputs, { preview: true });
    assert.equal(outputs["ipAddress"], UNKNOWN);
    assert.equal(outputs["name"], UNKNOWN);
    assert.deepEqual(outputs["sku"], { name: "Standard" });
  });

  it("reads an existing resource by its id, and finds out when it has gone", async () => {
    const group = await make.group();
    const network = await make.network();
    const found = await engine().read({ urn: urnOf(AZURE.network, "n"), id: network.id });
    assert.equal(found?.inputs["virtualNetworkName"], "vnet");
    assert.deepEqual(found.inputs["addressSpace"], { addressPrefixes: ["10.30.0.0/16"] });
    await engine().delete(group);
    assert.equal(await engine().read(network), undefined);
    await engine().delete(network);
  });

  it("looks resources up for functions", async () => {
    await make.group();
    await make.network();
    const found = await engine().invoke("azure-native:network:getVirtualNetwork", {
      resourceGroupName: "rg",
      virtualNetworkName: "vnet",
    });
    assert.equal(found["id"], idIn("Microsoft.Network/virtualNetworks/vnet"));
    await assert.rejects(
      engine().invoke("azure-native:resources:getResourceGroup", { resourceGroupName: "none" }),
      /ResourceNotFound/,
    );
    const config = await engine().invoke("azure-native:authorization:getClientConfig", {});
    assert.deepEqual(Object.keys(config).sort(), ["clientId", "objectId", "subscriptionId", "tenantId"]);
  });

  it("tries again what is refused for a while, and not what is refused for good", async () => {
    const fault = { package: "azure-native", operation: "create", message: "slow down" } as const;
    const other = await EngineClient.connect(azureTwin(), {
      faults: [
        { ...fault, type: AZURE.group, code: "429", times: 3 },
        { ...fault, type: AZURE.network, code: "Conflict" },
        { ...fault, type: AZURE.address, code: "503", times: 4 },
      ],
    });
    try {
      const theirs = new Installation(() => other);
      await theirs.group();
      await assert.rejects(theirs.network(), /Conflict: slow down/);
      await assert.rejects(theirs.address(), /503: slow down/);
    } finally {
      await other.close();
    }
  });

  it("rejects a resource that exists", async () => {
    const group = await make.group();
    await assert.rejects(make.group(), new RegExp(`cannot create already existing resource '${group.id}'`));
  });

  it("rejects resources in groups and below parents that do not exist", async () => {
    await assert.rejects(make.network(), /ResourceGroupNotFound: Resource group 'rg' could not be found/);
    await make.group();
    await assert.rejects(make.nodeSubnet(), /ParentResourceNotFound: .*virtualNetworks\/subnets/);
  });

  it("rejects references to what does not exist", async () => {
    await make.group();
    await make.network();
    const networkSecurityGroup = { id: idIn("Microsoft.Network/networkSecurityGroups/none") };
    await assert.rejects(
      make.nodeSubnet({ networkSecurityGroup }),
      /InvalidResourceReference: Resource .*networkSecurityGroups\/none referenced by resource .*subnets\/nodes/,
    );
  });

  it("rejects types of a provider that the subscription is not registered for", async () => {
    engine().world.change((state) => {
      unregistered.of(state).set("microsoft.network", { namespace: "Microsoft.Network" });
    });
    await make.group();
    await assert.rejects(make.network(), /MissingSubscriptionRegistration: .*namespace 'Microsoft\.Network'/);
  });

  it("rejects names that somebody else in the world has", async () => {
    await make.group();
    engine().world.change((state) => {
      takenNames.of(state).set("microsoft.storage/storageaccounts/stspacelift", { name: "stspacelift" });
    });
    await assert.rejects(make.account(), /StorageAccountAlreadyTaken/);
    await make.registry();
    await make.group("other");
    await assert.rejects(
      make.registry({ resourceGroupName: "other" }),
      /AlreadyInUse: The name 'acrspacelift'/,
    );
  });

  it("rejects names that the types do not allow", async () => {
    const failuresOf = async (kind: keyof typeof AZURE, name: Record<string, string>): Promise<string> =>
      (
        await engine().check(AZURE[kind], kind, { resourceGroupName: "rg", location: "westeurope", ...name })
      ).failures.join();
    assert.match(await failuresOf("account", { accountName: "Upper" }), /lower-case letters and digits/);
    assert.match(await failuresOf("account", { accountName: "a".repeat(25) }), /has 25 characters/);
    assert.match(await failuresOf("registry", { registryName: "with-hyphen" }), /registryName/);
    assert.match(await failuresOf("server", { serverName: "Pg" }), /serverName/);
    assert.match(
      await failuresOf("container", { accountName: "acc", containerName: "a--b" }),
      /containerName/,
    );
    assert.match(await failuresOf("group", { resourceGroupName: "ends." }), /no period last/);
    assert.match(
      await failuresOf("cluster", { resourceName: "-aks" }),
      /resourceName: "-aks" does not match/,
    );
  });

  it("rejects regions that do not exist", async () => {
    await assert.rejects(make.group("rg", "atlantis"), /LocationNotAvailableForResourceGroup/);
  });

  it("rejects deleting what is locked, and the group it is in", async () => {
    const group = await make.group();
    const account = await make.account();
    const lock = await engine().create(AZURE.lock, "l", {
      scope: account.id,
      lockName: "keep",
      level: "CanNotDelete",
    });
    await assert.rejects(engine().delete(account), /ScopeLocked/);
    await assert.rejects(engine().delete(group), /ScopeLocked/);
    await engine().delete(lock);
    await engine().delete(group);
  });

  it("rejects deleting a group while something outside needs what is in it", async () => {
    const parts = await make.clusterParts();
    await make.group("clusters");
    const inputs = make.clusterInputs(parts, { resourceGroupName: "clusters" });
    const cluster = await engine().create(AZURE.cluster, "aks", inputs);
    const group = { ...cluster, urn: urnOf(AZURE.group, "rg"), id: idIn("x").replace(/\/providers.*/, "") };
    await assert.rejects(
      engine().delete(group),
      /ResourceGroupDeletionBlocked: .*InUseSubnetCannotBeDeleted/,
    );
    await engine().delete(cluster);
    await engine().delete(group);
  });
});
