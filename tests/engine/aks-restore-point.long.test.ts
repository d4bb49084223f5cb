import assert from "node:assert/strict";
import { openWorld } from "../../rehearsal/twins";
import { allOfType } from "../../rehearsal/twins/azure/arm/tables";
import type { RestorePoint } from "../../config/restore-point";
import { changeCount } from "../support/rehearsed-stack";
import { inOrder, names, operationTimeout, position, rehearsalOf } from "./support";

describe("upgrades on AKS with restore points", function () {
  this.timeout(operationTimeout);
  inOrder();
  const stack = rehearsalOf({ stack: "aks", config: { "aks.size": "prod" } });
  const inAzure = (): readonly string[] =>
    openWorld(stack().folders.world).read((state) =>
      allOfType(state, "Microsoft.DBforPostgreSQL/flexibleServers/backups").map(({ name }) => name),
    );
  const restorePoint = async (): Promise<RestorePoint | undefined> =>
    (await stack().outputs())["restorePoint"] as RestorePoint | undefined;
  let taken: RestorePoint | undefined;

  it("have none after the installation", async () => {
    await stack().up();
    assert.equal(changeCount(await stack().up()), 0);
    assert.deepEqual(inAzure(), []);
    assert.equal(await restorePoint(), undefined);
  });

  it("take one after the images and before the release", async () => {
    stack().setConfig("version", "v4.1.0");
    await stack().setFaults([
      { package: "kubernetes", name: "spacelift-release", operation: "update", message: "timed out" },
    ]);
    await assert.rejects(stack().up(), /timed out/);
    assert.equal((await stack().outputs())["version"], "v4.0.0");
    assert.equal(inAzure().length, 1);
  });

  it("keep it when the upgrade is tried again, as the database may have been migrated meanwhile", async () => {
    const before = inAzure();
    await stack().setFaults([]);
    const summary = await stack().up();
    assert.deepEqual(names(summary, "create"), []);
    assert.deepEqual(inAzure(), before);
    taken = await restorePoint();
    assert.deepEqual([taken?.before, taken?.name], ["v4.1.0", before[0]]);
    assert.equal(changeCount(await stack().up()), 0);
    assert.equal(changeCount(await stack().up({ args: ["--refresh"] })), 0);
  });

  it("leave it in Azure when the next one is taken", async () => {
    stack().setConfig("version", "v4.2.0");
    const summary = await stack().up();
    const point = "platform-before-v4-2-0-backup";
    assert.ok(position(summary, "platform-images-backend") < position(summary, point));
    assert.ok(position(summary, point) < position(summary, "spacelift-release"));
    assert.equal(inAzure().length, 2);
    assert.ok(inAzure().includes(taken?.name ?? ""));
    assert.equal((await restorePoint())?.before, "v4.2.0");
    assert.equal(changeCount(await stack().up()), 0);
  });
});
