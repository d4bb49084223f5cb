import assert from "node:assert/strict";
import { openWorld } from "../../rehearsal/twins";
import { allOfType } from "../../rehearsal/twins/azure/arm/tables";
import { changeCount } from "../support/rehearsed-stack";
import { inOrder, names, operationTimeout, position, rehearsalOf } from "./support";

const component = "platform-locks";
const locks = ["platform-locks-database", "platform-locks-storage"];

/** What lies in the account and the server, and is not protected by itself. */
const inLocked = [
  "platform-backend-role",
  "platform-database-parameter-log-connections",
  "platform-storage-blobs",
  "platform-storage-lifecycle",
  "platform-storage-metadata",
];

describe("a stack on AKS whose data is locked", function () {
  this.timeout(operationTimeout);
  inOrder();
  const stack = rehearsalOf({
    stack: "aks",
    config: {
      "aks.size": "dev",
      "aks.database.parameters": { log_checkpoints: "on", log_connections: "on" },
    },
  });
  const locksInAzure = (): readonly string[] =>
    openWorld(stack().folders.world)
      .read((state) => allOfType(state, "Microsoft.Authorization/locks"))
      .map(({ id }) => id.replace(/^.*\/providers\/([^/]+)\/.*\/providers\/.*$/, "$1"))
      .sort();

  it("gets its locks where it stands, and nothing else", async () => {
    await stack().up();
    stack().setConfig("aks.locks", true);
    const summary = await stack().up();
    assert.deepEqual(names(summary, "create"), [component, ...locks]);
    assert.deepEqual(names(summary, "update", "replace", "delete"), []);
    assert.deepEqual(locksInAzure(), ["Microsoft.DBforPostgreSQL", "Microsoft.Storage"]);
    assert.equal(changeCount(await stack().up()), 0);
    assert.equal(changeCount(await stack().refresh()), 0);
  });

  it("has parameters set back, containers added and settings changed nevertheless", async () => {
    stack().configure({
      config: {
        "aks.database.parameters": { log_connections: "on" },
        "buckets.createBinaries": true,
        "aks.tags": { team: "platform" },
      },
    });
    const summary = await stack().up();
    assert.deepEqual(names(summary, "delete"), ["platform-database-parameter-log-checkpoints"]);
    assert.ok(names(summary, "create").includes("platform-storage-binaries"));
    assert.ok(names(summary, "update").includes("platform-database-server"));
    assert.equal(changeCount(await stack().up()), 0);
  });

  it("is destroyed around the data, the locks and what they hold", async () => {
    const summary = await stack().destroy();
    const kept = summary.kept?.protected.map(({ name }) => name) ?? [];
    for (const name of locks) assert.ok(kept.includes(name), name);
    const gone = names(summary, "delete");
    assert.ok(gone.includes("platform-cluster-cluster"));
    assert.deepEqual(
      [...locks, ...inLocked].filter((name) => gone.includes(name)),
      [],
    );
    assert.equal(locksInAzure().length, 2);
  });

  it("comes back on what was kept", async () => {
    const summary = await stack().up();
    assert.deepEqual(Object.keys(summary.changes).sort(), ["create", "same"]);
    assert.equal(changeCount(await stack().up()), 0);
  });

  it("loses its locks once protection is given up, and gets them back", async () => {
    stack().setConfig("protectData", false);
    await stack().up();
    stack().setConfig("aks.locks", false);
    assert.deepEqual(names(await stack().up(), "delete"), [component, ...locks]);
    assert.deepEqual(locksInAzure(), []);
    stack().setConfig("aks.locks", true);
    assert.deepEqual(names(await stack().up(), "create"), [component, ...locks]);
  });

  it("is destroyed as a whole without protection: the locks first, then what they held", async () => {
    const summary = await stack().destroy();
    for (const [lock, contents] of [
      ["platform-locks-database", ["platform-database-database", "platform-database-server"]],
      ["platform-locks-storage", [...inLocked.filter((name) => !/database/.test(name))]],
    ] as const) {
      for (const name of contents) assert.ok(position(summary, lock) < position(summary, name), name);
    }
    assert.deepEqual((await stack().exportState()).deployment.resources ?? [], []);
  });
});

describe("a stack on AKS whose data is locked, when something in it is to go", function () {
  this.timeout(operationTimeout);
  inOrder();
  const stack = rehearsalOf({ stack: "aks", config: { "aks.size": "dev", "aks.locks": true } });

  // What docs/azure.md says of it, in this order.
  it("is told so by Azure, and goes on once the locks are taken away", async () => {
    await stack().up();
    stack().setConfig("buckets.uploads.name", "other-uploads");
    await assert.rejects(stack().up(), /ScopeLocked/);
    stack().setConfig("protectData", false);
    await assert.rejects(stack().up(), /ScopeLocked/);
    stack().setConfig("aks.locks", false);
    await stack().up();
    assert.equal(changeCount(await stack().up()), 0);
  });
});
