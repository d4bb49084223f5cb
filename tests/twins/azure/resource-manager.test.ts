import { strict as assert } from "node:assert";
import { azureTwin } from "../../../rehearsal/twins/azure";
import { resources, takenNames, unregistered } from "../../../rehearsal/twins/azure/arm/tables";
import { type Properties, UNKNOWN, textOf } from "../../../rehearsal/twins/framework";
import { connected } from "../support/connected";
import { EngineClient, type State, urnOf } from "../support/engine-client";
import { idIn, Installation } from "./support/installation";
import { AZURE } from "./support/tokens";

const groupId = idIn("x").replace(/\/providers.*/, "");

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

  it("needs a location for a group, from its inputs or from the provider", async () => {
    const inputs = { resourceGroupName: "rg" };
    const { failures } = await engine().check(AZURE.group, "rg", inputs);
    assert.deepEqual(failures, ["location: required by the service"]);
    await engine().configure({ location: "westeurope" });
    assert.deepEqual((await engine().check(AZURE.group, "rg", inputs)).failures, []);
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
    await make.group();
    const types = {
      "Microsoft.Network": () => make.network(),
      "Microsoft.Storage": () => make.account(),
      "Microsoft.ContainerRegistry": () => make.registry(),
      "Microsoft.ManagedIdentity": () => make.identity("backend"),
      "Microsoft.DBforPostgreSQL": () => make.server("", "", { network: {} }),
      "Microsoft.OperationalInsights": () => make.make("workspace", { workspaceName: "logs" }),
    };
    for (const [namespace, work] of Object.entries(types)) {
      engine().world.change((state) => {
        unregistered.of(state).set(namespace.toLowerCase(), { namespace });
      });
      await assert.rejects(work(), new RegExp(`MissingSubscriptionRegistration: .*namespace '${namespace}'`));
      engine().world.change((state) => {
        unregistered.of(state).delete(namespace.toLowerCase());
      });
      await work();
    }
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

  it("rejects regions that do not exist, for whatever has one", async () => {
    await assert.rejects(make.group("rg", "atlantis"), /LocationNotAvailableForResourceGroup/);
    await make.group();
    const location = "Atlantis";
    const refusal = /LocationNotAvailableForResourceType: The provided location 'Atlantis'/;
    await assert.rejects(make.address({ location }), refusal);
    await assert.rejects(make.account({ location }), refusal);
    await assert.rejects(make.registry({ location }), refusal);
    await assert.rejects(make.make("identity", { resourceName: "backend", location }), refusal);
    await assert.rejects(make.address({ location: "global" }), /LocationNotAvailableForResourceType/);
  });

  it("rejects too many tags, and tags with characters that are kept or too long", async () => {
    const tags = (count: number): Properties =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag-${index}`, "value"]));
    await make.group();
    await make.address({ tags: tags(50) });
    await assert.rejects(
      make.address({ publicIpAddressName: "more", tags: tags(51) }),
      /51 tags, more than 50/,
    );
    await assert.rejects(make.account({ tags: tags(16) }), /16 tags, more than 15/);
    await assert.rejects(make.registry({ tags: { "a/b": "c" } }), /InvalidTagNameCharacters/);
    await assert.rejects(make.registry({ tags: { a: "b".repeat(257) } }), /InvalidTag: The tag 'a'/);
  });

  it("rejects networks that refer to parts in other regions", async () => {
    await make.group();
    await make.network();
    const networkSecurityGroup = await make.make("securityGroup", {
      networkSecurityGroupName: "nsg",
      location: "northeurope",
    });
    await assert.rejects(
      make.nodeSubnet({ networkSecurityGroup: { id: networkSecurityGroup.id } }),
      /InvalidResourceReference: .*both resources are in the same region/,
    );
  });

  it("frees the names of what is deleted, apart from those of containers", async () => {
    const server = await make.wholeServer();
    const [account, registry] = [await make.account(), await make.registry()];
    for (const each of [server, account, registry]) await engine().delete(each);
    const { network, ...inputs } = server.inputs;
    await make.make("server", inputs, "again");
    await make.account();
    await make.registry();
    assert.ok(network);
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

  // Azure's “Lock your resources” names containers, hashicorp/terraform-provider-azurerm#11770 role assignments; parameters and
  // settings of blobs are set back by a write (pulumi-azure-native, custom_postgres_config.go and `DefaultBody`).
  it("rejects deleting what lies in something locked, and lets the rest of it be changed and set back", async () => {
    await make.group();
    const account = await make.account();
    const inAccount = { resourceGroupName: "rg", accountName: "stspacelift" };
    const container = await engine().create(AZURE.container, "c", { ...inAccount, containerName: "states" });
    const blobs = await engine().create(AZURE.blobService, "b", { ...inAccount, isVersioningEnabled: true });
    const role = await make.role(await make.identity("backend"), "storageBlobDataContributor", account.id);
    const lock = await engine().create(AZURE.lock, "l", {
      scope: account.id,
      lockName: "keep",
      level: "CanNotDelete",
    });
    for (const each of [container, role]) await assert.rejects(engine().delete(each), /ScopeLocked/);
    await engine().create(AZURE.container, "more", { ...inAccount, containerName: "modules" });
    await engine().delete(blobs);
    await engine().delete(lock);
    for (const each of [container, role]) await engine().delete(each);
  });

  it("rejects changing what is locked against that, and making anything in it", async () => {
    const group = await make.group();
    const account = await make.account();
    const lock = (level: string): Promise<State> =>
      engine().create(AZURE.lock, level, { scope: group.id, lockName: level, level });
    await lock("NotSpecified");
    const firm = await lock("CanNotDelete");
    const changed = { ...account.inputs, tags: { a: "b" } };
    await engine().update(account, changed);
    const closed = await lock("ReadOnly");
    await assert.rejects(engine().update(account, changed), /ScopeLocked: .*cannot perform write operation/);
    await assert.rejects(make.address(), /ScopeLocked/);
    await engine().delete(closed);
    await make.address();
    await assert.rejects(engine().delete(account), /ScopeLocked: .*cannot perform delete operation/);
    await engine().delete(firm);
    await engine().delete(account);
  });

  it("deletes a group with all that is in it, also what lets go of a subnet later only", async () => {
    await make.wholeServer();
    await make.account();
    const group = { ...(await make.address()), urn: urnOf(AZURE.group, "rg"), id: groupId };
    await engine().delete(group);
    const left = engine().world.read((state) => resources.of(state).entries());
    assert.deepEqual(left, []);
  });

  it("rejects making anything in a group that is being deleted", async () => {
    const group = await make.group();
    const [deleted, made] = await Promise.allSettled([engine().delete(group), make.address()]);
    assert.equal(deleted.status, "fulfilled");
    assert.match(String(made.status === "rejected" && made.reason), /ResourceGroupBeingDeleted/);
    const other = await make.group();
    const outcomes = await Promise.allSettled([make.address(), make.account()]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ["fulfilled", "fulfilled"],
    );
    await engine().delete(other);
  });

  it("rejects deleting a group while something outside needs what is in it", async () => {
    const parts = await make.clusterParts();
    await make.group("clusters");
    const inputs = make.clusterInputs(parts, { resourceGroupName: "clusters" });
    const cluster = await engine().create(AZURE.cluster, "aks", inputs);
    const group = { ...cluster, urn: urnOf(AZURE.group, "rg"), id: groupId };
    await assert.rejects(
      engine().delete(group),
      /ResourceGroupDeletionBlocked: .*InUseSubnetCannotBeDeleted/,
    );
    await engine().delete(cluster);
    await engine().delete(group);
  });
});
