import assert from "node:assert/strict";
import { openWorld } from "../../rehearsal/twins";
import { buckets, groups, users } from "../../rehearsal/twins/minio/tables";
import { changeCount } from "../support/rehearsed-stack";
import { inOrder, names, operationTimeout, rehearsalOf } from "./support";

describe("an on-premises stack whose object storage is not MinIO", function () {
  this.timeout(operationTimeout);
  inOrder();
  const stack = rehearsalOf({
    stack: "onprem",
    config: {
      "onprem.objectStorage": { kind: "s3", endpoint: "s3.example.com", accessKeyId: "spacelift-access-key" },
    },
  });
  const world = () => openWorld(stack().folders.world);

  it("comes up with its buckets and without any user, and has nothing to change after that", async () => {
    const summary = await stack().up();
    assert.deepEqual(Object.keys(summary.changes), ["create"]);
    world().read((state) => {
      assert.equal(buckets.of(state).entries().length, 10);
      assert.deepEqual(users.of(state).entries(), []);
      assert.deepEqual(groups.of(state).entries(), []);
    });
    assert.equal(changeCount(await stack().up()), 0);
    assert.equal(changeCount(await stack().refresh()), 0);
  });

  it("is destroyed with every object in buckets that may go, and with none of the others", async () => {
    world().change((state) => {
      for (const [name, bucket] of buckets.of(state).entries()) {
        buckets.of(state).set(name, { ...bucket, objects: ["an-object", "another &amp; one"] });
      }
    });
    const summary = await stack().destroy();
    assert.ok(names(summary, "delete").includes("platform-storage-uploads"));
    const left = world().read((state) => buckets.of(state).entries());
    assert.deepEqual(
      left.map(([name, { objects }]) => [name, objects.length]).sort(),
      ["modules", "policy-inputs", "run-logs", "states"].map((name) => [`spacelift-${name}`, 2]),
    );
  });
});
