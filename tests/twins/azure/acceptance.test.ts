import { strict as assert } from "node:assert";
import { azureTwin } from "../../../rehearsal/twins/azure";
import { delays, endLingering } from "../../../rehearsal/twins/azure/arm/tables";
import { type Properties, stringAt } from "../../../rehearsal/twins/framework";
import { EngineClient, type State } from "../support/engine-client";
import { Installation } from "./support/installation";
import { AZURE } from "./support/tokens";

const NEVER = 1_000_000;

/** What is too early is refused when it is asked for. That takes a clock on which time does not pass at once. */
describe("Requests that the azure twin refuses at once", function () {
  this.timeout(60_000);

  let client: EngineClient | undefined;
  const engine = (): EngineClient => {
    assert.ok(client);
    return client;
  };
  const make = new Installation(engine);
  const open = async (clockScale: number, slow: Readonly<Record<string, number>>): Promise<void> => {
    client = await EngineClient.connect(azureTwin(), { clockScale });
    client.world.change((state) => {
      for (const [key, seconds] of Object.entries(slow)) delays.of(state).set(key, { seconds });
    });
  };
  afterEach(async () => {
    await client?.close();
  });
  const pool = (cluster: State, name: string, more: Properties = {}): Promise<State> =>
    engine().create(AZURE.pool, name, {
      resourceGroupName: "rg",
      resourceName: "aks",
      agentPoolName: name,
      mode: "User",
      vmSize: "Standard_D4ds_v5",
      enableAutoScaling: true,
      count: 1,
      minCount: 1,
      maxCount: 2,
      vnetSubnetID: stringAt(cluster.inputs, "agentPoolProfiles", 0, "vnetSubnetID") ?? "",
      ...more,
    });

  it("a cluster whose roles hold before it would be done, and not yet", async () => {
    await open(100, { roles: 300 });
    const parts = await make.clusterParts();
    const cluster = (): Promise<State> => engine().create(AZURE.cluster, "aks", make.clusterInputs(parts));
    const asked = engine().clock.now().getTime();
    await assert.rejects(cluster(), /CustomKubeletIdentityMissingPermissionError/);
    const answered = (engine().clock.now().getTime() - asked) / 1000;
    assert.ok(answered < 300, `refused after ${answered} s`);
    endLingering(engine().world);
    await cluster();
  });

  it("pools of a cluster that goes on with what its creation began", async () => {
    await open(10_000, { settling: NEVER, roles: 0 });
    const cluster = await make.wholeCluster();
    await assert.rejects(
      pool(cluster, "apps"),
      /OperationNotAllowed: .*Another operation \(Updating\) is in progress.*aks-pending-operation/,
    );
    endLingering(engine().world);
    await pool(cluster, "apps");
  });

  it("what is written to a server that has just been made", async () => {
    await open(10_000, { settling: NEVER });
    const server = await make.wholeServer();
    const database = (): Promise<State> =>
      make.make("database", { serverName: stringAt(server.inputs, "serverName") ?? "", databaseName: "app" });
    await assert.rejects(database(), /ServerIsBusy/);
    endLingering(engine().world);
    await database();
  });

  it("a second pool in the network of one that is being made, which is left behind half-made", async () => {
    await open(100, { settling: 0, roles: 0 });
    const cluster = await make.wholeCluster();
    const results = await Promise.allSettled([pool(cluster, "apps"), pool(cluster, "runs")]);
    const [failure, ...others] = results.flatMap((result) =>
      result.status === "rejected" ? [String(result.reason)] : [],
    );
    assert.match(failure ?? "", /SetVNetOwnershipFailed.*VirtualNetworkNotInSucceededState/);
    assert.deepEqual(others, []);
    await assert.rejects(pool(cluster, "runs"), /already existing resource/);
  });

  it("what is written to a storage account that has just been made, which the provider waits out", async () => {
    await open(10_000, { settling: 15 });
    await make.group();
    const account = await make.account();
    await make.make("blobService", {
      accountName: stringAt(account.inputs, "accountName") ?? "",
      blobServicesName: "default",
    });
  });
});
