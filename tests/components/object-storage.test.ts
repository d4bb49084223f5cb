import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { planBuckets } from "../../components/buckets";
import { ObjectStorage, type ObjectStorageArgs } from "../../components/platform/onprem/object-storage";
import { type Inventory, absent, secret } from "../support/inventory";
import { run, valueOf } from "../support/run";

const bucketType = "minio:index/s3Bucket:S3Bucket";
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
    for (const { inputs, options } of inventory.all(bucketType)) {
      assert.equal(inputs["forceDestroy"], !options.retainOnDelete, "only what may go is emptied");
    }
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
    const versioning = inventory.one(
      "minio:index/s3BucketVersioning:S3BucketVersioning",
      "storage-states-versioning",
    );
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

  it("makes a user with one policy for itself and its access key", async () => {
    const inventory = await storage();
    const policy = inventory.one("minio:index/iamPolicy:IamPolicy").inputs["policy"];
    inventory.has("minio:index/iamServiceAccount:IamServiceAccount", "storage-access-key", {
      targetUser: "spacelift",
      policy,
    });
    inventory.has("minio:index/iamUser:IamUser", "storage-user", {
      name: "spacelift",
      secret: secret("generated-password-of-storage-user-password"),
    });
  });

  it("gives the secret key as a secret", async () => {
    const { result } = await run(() => {
      const { secretAccessKey } = new ObjectStorage("storage", args()).credentials;
      return { secretAccessKey };
    });
    assert.equal(await pulumi.isSecret(result.secretAccessKey), true);
    assert.equal(await valueOf(result.secretAccessKey), "generated-minio-secret-key");
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
      /a MinIO user can only be made with administrator credentials/,
    );
  });
});
