import assert from "node:assert/strict";
import { join } from "node:path";
import { changeCount, type Summary } from "../support/rehearsed-stack";
import { openWorld } from "../../rehearsal/twins";
import { buckets, groups, users } from "../../rehearsal/twins/minio/tables";
import { inOrder, names, operationTimeout, rehearsalOf } from "./support";

describe("object storage of an on-premises stack", function () {
  this.timeout(operationTimeout);
  inOrder();
  const stack = rehearsalOf({ stack: "onprem" });

  const world = () => openWorld(join(stack().folders.world));
  const userNames = (): string[] =>
    world().read((state) =>
      users
        .of(state)
        .entries()
        .map(([name]) => name),
    );
  const members = (): readonly string[] | undefined =>
    world().read((state) => groups.of(state).get("spacelift")?.members);
  const objectsOf = (name: string): readonly string[] | undefined =>
    world().read((state) => buckets.of(state).get(name)?.objects);
  const fill = (...filled: readonly string[]): void => {
    world().change((state) => {
      for (const [name, bucket] of buckets.of(state).entries()) {
        if (filled.length === 0 || filled.includes(name))
          buckets.of(state).set(name, { ...bucket, objects: ["an-object"] });
      }
    });
  };
  /** Deletes a user as MinIO does: out of its groups, too. */
  const removeUser = (name: string): void => {
    world().change((state) => {
      assert.ok(users.of(state).delete(name));
      const group = groups.of(state).get("spacelift");
      assert.ok(group);
      const others = group.members.filter((member) => member !== name);
      groups.of(state).set("spacelift", { ...group, members: others });
    });
  };
  /** Where an operation on a resource was finished, among all. */
  const at = (summary: Summary, name: string, ...ops: readonly string[]): number => {
    const index = summary.steps.findIndex((step) => step.name === name && ops.includes(step.op));
    assert.ok(index >= 0, `no ${ops.join(" or ")} of ${name}`);
    return index;
  };
  const accessKeyId = async (): Promise<string | undefined> => {
    const { kubernetesSecrets } = await stack().outputs({ showSecrets: true });
    const { items } = JSON.parse(kubernetesSecrets as string) as {
      items: { stringData: Record<string, string> }[];
    };
    return items.map(({ stringData }) => stringData["OBJECT_STORAGE_MINIO_ACCESS_KEY_ID"]).find(Boolean);
  };

  it("gives the services a user with the rights of its group", async () => {
    await stack().up();
    assert.deepEqual([userNames(), members()], [["spacelift"], ["spacelift"]]);
    assert.equal(await accessKeyId(), "spacelift");
  });

  it("creates a user again that was deleted behind its back, once that was seen", async () => {
    removeUser("spacelift");
    await stack().refresh();
    const summary = await stack().up();
    assert.deepEqual(names(summary, "create"), ["platform-storage-group-user", "platform-storage-user"]);
    assert.deepEqual(members(), ["spacelift"]);
    assert.equal(changeCount(await stack().up()), 0);
  });

  it("rotates the credentials: no pod is without valid ones at any time", async () => {
    stack().setConfig("onprem.objectStorage.accessKeyRevision", 2);
    const summary = await stack().up();
    const created = at(summary, "platform-storage-group-user", "create-replacement");
    const rolled = at(summary, "spacelift-release", "update");
    const deleted = at(summary, "platform-storage-user", "delete-replaced");
    assert.ok(created < rolled && rolled < deleted, [created, rolled, deleted].join(", "));
    assert.deepEqual([userNames(), members()], [["spacelift-2"], ["spacelift-2"]]);
    assert.equal(await accessKeyId(), "spacelift-2");
    assert.equal(changeCount(await stack().up()), 0);
  });

  it("rotates the credentials of a user that is gone, and cleans up once that was seen", async () => {
    removeUser("spacelift-2");
    stack().setConfig("onprem.objectStorage.accessKeyRevision", 3);
    // Spacelift works again, and what is left is the provider's: it cannot delete what is missing.
    await assert.rejects(stack().up(), /error deleting IAM User .*does not exist/);
    assert.deepEqual(userNames(), ["spacelift-3"]);
    assert.equal(await accessKeyId(), "spacelift-3");
    await stack().refresh();
    await stack().up();
    assert.equal(changeCount(await stack().up()), 0);
  });

  it("leaves the objects of a bucket where they are when it is to be kept from now on", async () => {
    fill("spacelift-uploads");
    stack().setConfig("buckets.uploads.retainOnDestroy", true);
    const summary = await stack().up();
    assert.deepEqual(names(summary, "update"), ["platform-storage-uploads-emptying"]);
    assert.deepEqual(objectsOf("spacelift-uploads"), ["an-object"]);
    stack().setConfig("buckets.uploads.retainOnDestroy", false);
    await stack().up();
    assert.deepEqual(objectsOf("spacelift-uploads"), ["an-object"]);
  });

  it("is destroyed at once though every bucket has objects in it, and keeps those of protected ones", async () => {
    fill();
    const summary = await stack().destroy();
    const released = at(summary, "spacelift-release", "delete");
    const emptied = at(summary, "platform-storage-uploads-emptying", "delete");
    const deleted = at(summary, "platform-storage-uploads", "delete");
    assert.ok(released < emptied && emptied < deleted, [released, emptied, deleted].join(", "));
    const kept = ["spacelift-modules", "spacelift-policy-inputs", "spacelift-run-logs", "spacelift-states"];
    const left = world().read((state) => buckets.of(state).entries());
    assert.deepEqual(left.map(([name]) => name).sort(), kept);
    for (const [name, { objects }] of left) assert.deepEqual(objects, ["an-object"], name);
    assert.deepEqual([userNames(), members()], [[], undefined]);
    assert.deepEqual(summary.kept?.retained, []);
  });
});
