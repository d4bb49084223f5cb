import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { planBuckets } from "../../components/buckets";
import { ObjectStorage, type ObjectStorageArgs } from "../../components/platform/onprem/object-storage";
import { type Inventory, absent, secret } from "../support/inventory";
import { run, valueOf } from "../support/run";

const bucketType = "minio:index/s3Bucket:S3Bucket";
const emptyingType = "command:local:Command";
const versioningType = "minio:index/s3BucketVersioning:S3BucketVersioning";
const lifecycleType = "minio:index/ilmPolicy:IlmPolicy";

const args = (more: Partial<ObjectStorageArgs> = {}): ObjectStorageArgs => ({
  endpoint: "minio.example.com",
  tls: true,
  insecureSkipVerify: false,
  region: "us-east-1",
  admin: { user: "minio", password: pulumi.secret("planted-admin") },
  buckets: planBuckets({}, false),
  createBuckets: true,
  user: "spacelift",
  protectData: true,
  ...more,
});

const storage = async (more: Partial<ObjectStorageArgs> = {}): Promise<Inventory> =>
  (
    await run(() => {
      new ObjectStorage("storage", args(more));
    })
  ).inventory;

describe("ObjectStorage", () => {
  it("makes the ten buckets and protects those with data that cannot be made again", async () => {
    const inventory = await storage();
    inventory.count(bucketType, 10);
    const kept = inventory.all(bucketType).filter(({ options }) => options.protect && options.retainOnDelete);
    assert.deepEqual(kept.map(({ name }) => name).sort(), [
      "storage-modules",
      "storage-policy-inputs",
      "storage-run-logs",
      "storage-states",
    ]);
    // A forced deletion ends the provider's process.
    for (const { inputs } of inventory.all(bucketType)) assert.equal(inputs["forceDestroy"], false);
  });

  it("empties the buckets that may go before they are deleted, and no others", async () => {
    const inventory = await storage({ caCertificatePath: "/etc/minio-ca.pem", region: "eu-west-1" });
    const emptied = inventory.all(emptyingType).filter(({ inputs }) => inputs["delete"] !== undefined);
    assert.deepEqual(
      emptied.map(({ name }) => name).sort(),
      [
        "deliveries",
        "large-queue-messages",
        "metadata",
        "uploads",
        "user-uploaded-workspaces",
        "workspaces",
      ].map((role) => `storage-${role}-emptying`),
    );
    inventory.has(emptyingType, "storage-uploads-emptying", {
      create: absent,
      update: absent,
      interpreter: ["node", "-"],
      delete: "empty the bucket spacelift-uploads",
      triggers: ["spacelift-uploads"],
      // One secret in it makes all of it secret.
      environment: secret({
        BUCKET: "spacelift-uploads",
        ENDPOINT: "minio.example.com",
        TLS: "true",
        INSECURE: "false",
        REGION: "eu-west-1",
        CA_FILE: "/etc/minio-ca.pem",
        ACCESS_KEY_ID: "minio",
        SECRET_ACCESS_KEY: "planted-admin",
      }),
    });
    assert.deepEqual(inventory.one(emptyingType, "storage-uploads-emptying").options.dependsOn, [
      "storage-uploads",
    ]);
  });

  // Were it not there, the update that says so would delete it, and by that empty the bucket.
  it("has something in place of the emptying of a bucket that is kept", async () => {
    const inventory = await storage();
    inventory.count(emptyingType, 10);
    inventory.has(emptyingType, "storage-states-emptying", { delete: absent, environment: absent });
    const { options } = inventory.one(emptyingType, "storage-states-emptying");
    assert.deepEqual([options.protect, options.retainOnDelete], [false, false]);
  });

  it("deletes no versioning and no rules from a bucket that goes", async () => {
    const inventory = await storage();
    const own = [
      inventory.one(versioningType, "storage-uploads-versioning"),
      inventory.one(lifecycleType, "storage-uploads-lifecycle"),
    ];
    for (const { options } of own) {
      assert.equal(options.deletedWith, "storage-uploads");
      assert.ok(options.dependsOn.includes("storage-uploads-emptying"));
    }
    const kept = inventory.one(lifecycleType, "storage-run-logs-lifecycle").options;
    assert.deepEqual([kept.deletedWith, kept.dependsOn], [undefined, ["storage-run-logs-versioning"]]);
  });

  it("keeps the buckets without protecting them when the operator gives up protection", async () => {
    const inventory = await storage({ protectData: false });
    const states = inventory.one(bucketType, "storage-states");
    assert.deepEqual([states.options.protect, states.options.retainOnDelete], [false, true]);
  });

  it("lets lifecycle rules go at any time, and versioning only with its bucket", async () => {
    const inventory = await storage();
    const rule = inventory.one(lifecycleType, "storage-run-logs-lifecycle").options;
    assert.deepEqual([rule.protect, rule.retainOnDelete], [false, false]);
    const versioning = inventory.one(versioningType, "storage-states-versioning");
    assert.equal(versioning.options.retainOnDelete, true);
  });

  it("writes lifecycle rules as the provider takes them", async () => {
    const inventory = await storage();
    inventory.has(lifecycleType, "storage-run-logs-lifecycle", {
      bucket: "spacelift-run-logs",
      rules: [{ id: "retention", expiration: "60d", noncurrentVersionExpirationDays: 1, status: absent }],
    });
    inventory.has(lifecycleType, "storage-deliveries-lifecycle", {
      rules: [{ expiration: "1d", noncurrentVersionExpirationDays: absent }],
    });
    const without = inventory.all(lifecycleType).map(({ name }) => name);
    assert.ok(!without.includes("storage-states-lifecycle"));
    assert.ok(!without.includes("storage-modules-lifecycle"));
  });

  it("lets noncurrent states expire when asked, never the states", async () => {
    const buckets = planBuckets({ states: { expireNoncurrentAfterDays: 90 } }, false);
    const inventory = await storage({ buckets });
    inventory.has(lifecycleType, "storage-states-lifecycle", {
      rules: [{ expiration: absent, noncurrentVersionExpirationDays: 90 }],
    });
  });

  it("makes a user whose rights come from its group", async () => {
    const inventory = await storage();
    inventory.has("minio:index/iamUser:IamUser", "storage-user", {
      name: "spacelift",
      secret: secret("generated-password-of-storage-user-password"),
      // With it, every update of the user would delete it.
      forceDestroy: false,
    });
    inventory.has("minio:index/iamGroupPolicyAttachment:IamGroupPolicyAttachment", "storage-group-policy", {
      groupName: "spacelift",
      policyName: "spacelift",
    });
    const membership = "minio:index/iamGroupUserAttachment:IamGroupUserAttachment";
    inventory.has(membership, "storage-group-user", { groupName: "spacelift", userName: "spacelift" });
    assert.equal(inventory.one(membership).options.deletedWith, "storage-user");
    assert.deepEqual(inventory.one("minio:index/iamUser:IamUser").options.dependsOn, ["storage-group"]);
    inventory.count("minio:index/iamServiceAccount:IamServiceAccount", 0);
  });

  it("gives another revision a user and a password of its own in the same group", async () => {
    const inventory = await storage({ accessKeyRevision: 2 });
    inventory.has("minio:index/iamUser:IamUser", "storage-user", { name: "spacelift-2" });
    inventory.has("random:index/randomPassword:RandomPassword", "storage-user-password", {
      keepers: { revision: "2" },
    });
    inventory.has("minio:index/iamGroup:IamGroup", "storage-group", { name: "spacelift" });
    // Keepers that come would replace the password of every installation there is.
    (await storage()).has("random:index/randomPassword:RandomPassword", "storage-user-password", {
      keepers: absent,
    });
  });

  it("gives the user's secret as a secret", async () => {
    const { result } = await run(() => new ObjectStorage("storage", args()).credentials);
    assert.equal(await valueOf(pulumi.output(result.accessKeyId)), "spacelift");
    assert.equal(await pulumi.isSecret(result.secretAccessKey), true);
    assert.equal(await valueOf(result.secretAccessKey), "generated-password-of-storage-user-password");
  });

  it("makes nothing when buckets and credentials are given", async () => {
    const { admin, ...given } = args({
      createBuckets: false,
      user: { accessKeyId: "given", secretAccessKey: pulumi.secret("planted") },
    });
    const { inventory, result } = await run(() => {
      const { bucketNames } = new ObjectStorage("storage", given);
      return { bucketNames };
    });
    assert.deepEqual(
      inventory.resources.map(({ type }) => type),
      ["spacelift:onprem:ObjectStorage"],
    );
    assert.equal(result.bucketNames.states, "spacelift-states");
  });

  it("rejects a user to make without an administrator", async () => {
    const { admin, ...rest } = args();
    await assert.rejects(
      run(() => {
        new ObjectStorage("storage", rest);
      }),
      /a MinIO user can only be created with administrator credentials/,
    );
  });

  describe("with the API of S3 alone", () => {
    const given = { accessKeyId: "given-access-key", secretAccessKey: pulumi.secret("planted") };
    const s3 = { kind: "s3", user: given } as const;

    it("makes the buckets as on MinIO, and nothing that only MinIO knows", async () => {
      const [own, minio] = [await storage(s3), await storage({ user: given })];
      assert.equal(own.identities(), minio.identities());
      const types = new Set(
        own.resources.map(({ type }) => type).filter((type) => type.startsWith("minio:")),
      );
      assert.deepEqual([...types].sort(), [lifecycleType, bucketType, versioningType]);
      const { result } = await run(() => new ObjectStorage("storage", args(s3)).credentials);
      assert.equal(result.accessKeyId, "given-access-key");
    });

    it("empties a bucket object by object, and so by another script", async () => {
      const script = async (more: Partial<ObjectStorageArgs>): Promise<string> =>
        String((await storage(more)).one(emptyingType, "storage-uploads-emptying").inputs["stdin"]);
      const [own, minio] = [await script(s3), await script({ user: given })];
      assert.doesNotMatch(own, /x-minio|CONNECTION$/m);
      assert.match(minio, /x-minio-force-delete/);
      // What connects is the same.
      for (const name of ["authorities", "proxy", "tunnel"]) {
        for (const text of [own, minio]) assert.match(text, new RegExp(`^function ${name}\\(`, "m"));
      }
    });

    it("sets no lifecycle rules where the server has none", async () => {
      const inventory = await storage({ ...s3, lifecycle: false });
      inventory.count(lifecycleType, 0);
      inventory.count(versioningType, 7);
    });

    it("rejects a user to make", async () => {
      await assert.rejects(
        storage({ kind: "s3" }),
        /only MinIO has users to create: give credentials as `user`/,
      );
    });
  });
});
