import assert from "node:assert/strict";
import { join } from "node:path";
import { OperationError, changeCount } from "../support/rehearsed-stack";
import { openWorld } from "../../rehearsal/twins";
import { buckets } from "../../rehearsal/twins/minio/tables";
import { inOrder, names, operationTimeout, rehearsalOf } from "./support";

describe("data of an on-premises stack", function () {
  this.timeout(operationTimeout);
  inOrder();
  const stack = rehearsalOf({ stack: "onprem", config: { protectData: false } });

  const world = () => openWorld(join(stack().folders.world));
  const bucketNames = (): string[] =>
    world().read((state) =>
      buckets
        .of(state)
        .entries()
        .map(([name]) => name),
    );

  it("leaves the buckets behind when the operator gave up protection", async () => {
    await stack().up();
    world().change((state) => {
      const rows = buckets.of(state);
      for (const name of ["spacelift-states", "spacelift-uploads"]) {
        const bucket = rows.get(name);
        assert.ok(bucket);
        rows.set(name, { ...bucket, objects: ["an-object"] });
      }
    });
    const summary = await stack().destroy();
    assert.deepEqual(summary.kept?.protected, []);
    assert.deepEqual(
      summary.kept.retained
        .map(({ name }) => name)
        .filter((name) => !name.includes("versioning"))
        .sort(),
      ["modules", "policy-inputs", "run-logs", "states"].map((role) => `platform-storage-${role}`),
    );
    assert.deepEqual(bucketNames().sort(), [
      "spacelift-modules",
      "spacelift-policy-inputs",
      "spacelift-run-logs",
      "spacelift-states",
    ]);
  });

  it("rejects to make what is there already", async () => {
    await assert.rejects(stack().up(), (error) => {
      assert.ok(error instanceof OperationError);
      return /spacelift-states.*|bucket already exists/.test(error.message);
    });
  });

  it("takes the buckets over, with their objects", async () => {
    stack().setConfig("onprem.objectStorage.adoptKeptBuckets", true);
    const summary = await stack().up();
    assert.deepEqual(names(summary, "import"), [
      "platform-storage-modules",
      "platform-storage-policy-inputs",
      "platform-storage-run-logs",
      "platform-storage-states",
    ]);
    const states = world().read((state) => buckets.of(state).get("spacelift-states"));
    assert.deepEqual(states?.objects, ["an-object"]);
    assert.equal(changeCount(await stack().up()), 0);
  });

  it("removes everything when the operator says so for each bucket", async () => {
    for (const role of ["modules", "policyInputs", "runLogs", "states"]) {
      stack().setConfig(`buckets.${role}.retainOnDestroy`, false);
    }
    await stack().up();
    const { kept } = await stack().destroy();
    assert.ok(kept);
    assert.deepEqual({ protected: kept.protected, retained: kept.retained }, { protected: [], retained: [] });
    // Others may use the kinds that charts define.
    const others = kept.advice.filter((line) => !line.startsWith("the custom resource definitions of"));
    assert.deepEqual(others, []);
    assert.deepEqual(bucketNames(), []);
  });
});
