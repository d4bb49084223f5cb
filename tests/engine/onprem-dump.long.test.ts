import assert from "node:assert/strict";
import type { RestorePoint } from "../../config/restore-point";
import { openWorld } from "../../rehearsal/twins";
import { WorldObjects } from "../../rehearsal/twins/kubernetes/api/world-objects";
import { changeCount } from "../support/rehearsed-stack";
import { worldInventory } from "../support/world-inventory";
import { inOrder, names, operationTimeout, position, rehearsalOf } from "./support";

describe("upgrades on-premises with dumps of the database", function () {
  this.timeout(operationTimeout);
  inOrder();
  const stack = rehearsalOf({ stack: "onprem", config: { "upgrade.backup": true } });
  const jobs = (): readonly string[] =>
    new WorldObjects(openWorld(stack().folders.world))
      .all()
      .filter(({ kind }) => kind === "Job")
      .map(({ metadata: { name } }) => name);
  const buckets = (): readonly string[] =>
    worldInventory(stack().folders.world).filter((line) => line.includes("bucket spacelift-backups"));
  const job = "spacelift-before-v3-1-0-job";

  it("have a bucket for them from the beginning, and no dump", async () => {
    await stack().up();
    const { buckets, restorePoint, keptOnDestroy } = await stack().outputs();
    assert.equal((buckets as Record<string, string>)["backups"], "spacelift-backups");
    assert.equal(restorePoint, undefined);
    assert.match(JSON.stringify(keptOnDestroy), /bucket spacelift-backups with its objects/);
    assert.deepEqual(jobs(), []);
    assert.equal(changeCount(await stack().up()), 0);
  });

  it("dump when the images are there, and before the release", async () => {
    stack().setConfig("version", "v3.1.0");
    const summary = await stack().up();
    assert.deepEqual(names(summary, "create"), [
      "spacelift-before-v3-1-0",
      job,
      "spacelift-before-v3-1-0-login",
    ]);
    assert.ok(position(summary, "platform-images-backend") < position(summary, job));
    assert.ok(position(summary, job) < position(summary, "spacelift-release"));
    const { before, name, takenAt } = (await stack().outputs())["restorePoint"] as unknown as RestorePoint;
    assert.deepEqual([before, name], ["v3.1.0", "spacelift-backups/before-v3-1-0"]);
    assert.ok(Date.parse(takenAt) > 0, takenAt);
    assert.equal(changeCount(await stack().up()), 0);
  });

  it("dump nothing again once the release runs, whatever else changes", async () => {
    stack().setConfig("onprem.backup.dumpImage", "registry.example.com/postgres:17-alpine");
    stack().setConfig(
      "databaseUrl",
      "postgres://spacelift:another@db.example.com/spacelift?sslmode=verify-full",
      {
        secret: true,
      },
    );
    const summary = await stack().up();
    assert.deepEqual(
      [...names(summary, "create"), ...names(summary, "replace")].filter((name) => name.includes("before")),
      [],
    );
    assert.ok(names(summary, "update").includes("spacelift-before-v3-1-0-login"));
  });

  it("begin anew with the next release", async () => {
    stack().setConfig("version", "v3.4.0");
    const summary = await stack().up();
    assert.ok(names(summary, "create").includes("spacelift-before-v3-4-0-job"));
    assert.ok(names(summary, "delete").includes(job));
    assert.deepEqual(jobs(), ["spacelift-before-v3-4-0"]);
    assert.equal(changeCount(await stack().up({ args: ["--refresh"] })), 0);
  });

  it("leave the bucket where no more are wanted, and take it over where they are again", async () => {
    const made = buckets();
    assert.equal(made.length, 1);
    stack().configure({ config: { "upgrade.backup": undefined, "onprem.backup": undefined } });
    await stack().up();
    assert.deepEqual(buckets(), made);
    assert.deepEqual(jobs(), []);
    assert.equal((await stack().outputs())["restorePoint"], undefined);
    assert.equal(changeCount(await stack().up()), 0);
    stack().configure({ config: { "upgrade.backup": true, "onprem.objectStorage.adoptKeptBuckets": true } });
    const summary = await stack().up();
    assert.deepEqual(names(summary, "import"), ["platform-storage-backups"]);
    assert.deepEqual(jobs(), []);
    assert.equal(changeCount(await stack().up()), 0);
  });

  it("go with the installation, and the bucket stays", async () => {
    await stack().destroy();
    assert.deepEqual(jobs(), []);
    assert.equal(buckets().length, 1);
  });
});
