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

describe("an on-premises stack that goes from MinIO to another object storage", function () {
  this.timeout(operationTimeout);
  inOrder();
  const stack = rehearsalOf({ stack: "onprem" });
  const world = () => openWorld(stack().folders.world);

  it("first gives up its user on MinIO", async () => {
    await stack().up();
    const given = { createUser: false, accessKeyId: "given-access-key", adminUser: "minio" };
    stack().setConfig("onprem.objectStorage", { endpoint: "minio.example.com", ...given });
    stack().setConfig("minioSecretKey", "given-secret-key", { secret: true });
    await stack().up();
    assert.deepEqual(
      world().read((state) => users.of(state).entries()),
      [],
    );
  });

  it("then keeps its buckets, and sets versioning and rules on the new server", async () => {
    // The copies have neither yet.
    world().change((state) => {
      for (const [name, { versioning: _, lifecycle: __, ...bucket }] of buckets.of(state).entries()) {
        buckets.of(state).set(name, bucket);
      }
    });
    const given = { kind: "s3", endpoint: "s3.example.com", accessKeyId: "spacelift-access-key" };
    stack().setConfig("onprem.objectStorage", given);
    stack().setConfig("minioSecretKey", undefined);
    stack().setConfig("minioAdminPassword", undefined);
    stack().setConfig("s3SecretKey", "given-secret-key", { secret: true });
    const summary = await stack().up();
    // Only now does the state say where to look.
    await stack().refresh();
    await stack().up();
    const replaced = [...names(summary, "delete"), ...names(summary, "replace")];
    assert.deepEqual(
      replaced.filter((name) => name.startsWith("platform-storage")),
      [],
    );
    world().read((state) => {
      const states = buckets.of(state).get("spacelift-states");
      assert.deepEqual(states?.versioning, { status: "Enabled" });
      assert.ok(buckets.of(state).get("spacelift-uploads")?.lifecycle);
    });
    assert.equal(changeCount(await stack().up()), 0);
  });
});
