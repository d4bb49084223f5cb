import { strict as assert } from "node:assert";
import { azureTwin } from "../../../rehearsal/twins/azure";
import type { Properties } from "../../../rehearsal/twins/framework";
import { connected } from "../support/connected";
import type { State } from "../support/engine-client";
import { Installation, systemPool } from "./support/installation";

/** How long operations take with Azure, in seconds: at least and at most. */
const TIMES: Readonly<Record<string, readonly [number, number]>> = {
  "create group": [2, 5],
  "create network": [6, 8],
  "create address": [3, 5],
  "create identity": [2, 5],
  "create role": [5, 25],
  "create account": [20, 30],
  "delete account": [5, 5],
  "create registry": [10, 30],
  "delete registry": [5, 20],
  "create zone": [35, 35],
  "create link": [30, 60],
  "create server": [300, 480],
  "create server that is highly available": [600, 1080],
  "delete server": [60, 180],
  "create cluster": [240, 480],
  "create pool": [60, 120],
  "update cluster": [60, 600],
  "delete cluster": [240, 480],
  "delete group": [60, 600],
};

describe("The azure twin in time", () => {
  const engine = connected(azureTwin());
  const make = new Installation(engine);
  const timed = async <T>(what: keyof typeof TIMES, work: () => Promise<T>): Promise<T> => {
    const began = engine().clock.now().getTime();
    const result = await work();
    const seconds = (engine().clock.now().getTime() - began) / 1000;
    const [least = 0, most = 0] = TIMES[what] ?? [];
    // A second more, for real time passes as well.
    assert.ok(seconds >= least && seconds <= most + 1, `${what} took ${seconds} s`);
    return result;
  };

  it("takes as long as Azure for what installations are made of", async () => {
    const group = await timed("create group", () => make.group());
    const network = await timed("create network", () => make.network());
    await timed("create address", () => make.address());
    const identity = await timed("create identity", () => make.identity("backend"));
    await timed("create role", () => make.role(identity, "acrPull", group.id));
    const account = await timed("create account", () => make.account());
    await timed("delete account", () => engine().delete(account));
    const registry = await timed("create registry", () => make.registry());
    await timed("delete registry", () => engine().delete(registry));
    const zone = await timed("create zone", () => make.privateZone());
    await timed("create link", () => make.link("spacelift.private.postgres.database.azure.com", network.id));
    const subnet = await make.databaseSubnet();
    const server =
      (more: Properties = {}) =>
      (): Promise<State> =>
        make.server(subnet.id, zone.id, more);
    const plain = await timed("create server", server());
    await timed(
      "create server that is highly available",
      server({ serverName: "pg-other", highAvailability: { mode: "ZoneRedundant" } }),
    );
    await timed("delete server", () => engine().delete(plain));
  });

  it("takes as long as Azure for a cluster and for a whole group", async () => {
    const group = await make.group("clusters");
    const parts = await make.clusterParts();
    const inputs = make.clusterInputs(parts, { resourceGroupName: "clusters" });
    const cluster = await timed("create cluster", () => make.make("cluster", inputs, "aks"));
    const { name: _, ...pool } = systemPool(parts.subnet.id, { mode: "User" });
    await timed("create pool", () =>
      make.make("pool", {
        resourceGroupName: "clusters",
        resourceName: "aks",
        agentPoolName: "apps",
        ...pool,
      }),
    );
    await timed("update cluster", () => engine().update(cluster, { ...cluster.inputs, tags: { a: "b" } }));
    await timed("delete cluster", () => engine().delete(cluster));
    await timed("delete group", () => engine().delete(group));
  });
});
