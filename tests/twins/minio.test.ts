import { strict as assert } from "node:assert";
import { minioTwin } from "../../rehearsal/twins/minio";
import { buckets, groups, serviceAccounts, users } from "../../rehearsal/twins/minio/tables";
import { connected } from "./support/connected";

const BUCKET = "minio:index/s3Bucket:S3Bucket";
const VERSIONING = "minio:index/s3BucketVersioning:S3BucketVersioning";
const LIFECYCLE = "minio:index/ilmPolicy:IlmPolicy";
const USER = "minio:index/iamUser:IamUser";
const POLICY = "minio:index/iamPolicy:IamPolicy";
const ATTACHMENT = "minio:index/iamUserPolicyAttachment:IamUserPolicyAttachment";
const GROUP = "minio:index/iamGroup:IamGroup";
const GROUP_POLICY = "minio:index/iamGroupPolicyAttachment:IamGroupPolicyAttachment";
const GROUP_USER = "minio:index/iamGroupUserAttachment:IamGroupUserAttachment";
const ACCOUNT = "minio:index/iamServiceAccount:IamServiceAccount";
const DOCUMENT = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: ["s3:GetObject", "s3:List*"], Resource: ["arn:aws:s3:::states/*"] }],
});

describe("The minio twin", () => {
  const engine = connected(minioTwin, { minioServer: "minio.example.com:9000", minioSsl: "true" });
  const documentOf = (action: string): string => DOCUMENT.replace("s3:GetObject", action);

  it("describes a bucket by its address and name", async () => {
    const { id, outputs } = await engine().create(BUCKET, "b", { bucket: "states" });
    assert.equal(id, "states");
    assert.equal(outputs["arn"], "arn:aws:s3:::states");
    assert.equal(outputs["bucketDomainName"], "https://minio.example.com:9000/states");
  });

  it("replaces a bucket whose name changes and changes its rights in place", async () => {
    const state = await engine().create(BUCKET, "b", { bucket: "states" });
    assert.deepEqual((await engine().diff(state, { bucket: "other" })).replaces, ["bucket"]);
    assert.deepEqual((await engine().diff(state, { bucket: "states", acl: "public-read" })).replaces, []);
    await engine().update(state, { bucket: "states", acl: "public-read" });
    assert.equal(
      engine().world.read((world) => buckets.of(world).get("states")?.acl),
      "public-read",
    );
  });

  it("finds out that a bucket has gone", async () => {
    const state = await engine().create(BUCKET, "b", { bucket: "states" });
    engine().world.change((world) => buckets.of(world).delete("states"));
    assert.equal(await engine().read(state), undefined);
  });

  it("rejects a bucket that exists", async () => {
    await engine().create(BUCKET, "b", { bucket: "states" });
    await assert.rejects(
      engine().create(BUCKET, "c", { bucket: "states" }),
      /bucket already exists! \(states\)/,
    );
  });

  // The provider's own code: terraform-provider-minio 1.20.1, minioDeleteBucket.
  it("rejects deleting a bucket with objects in it, and dies of it when forced", async () => {
    const state = await engine().create(BUCKET, "b", { bucket: "states" });
    engine().world.change((world) => {
      const found = buckets.of(world).get("states");
      assert.ok(found);
      buckets.of(world).set("states", { ...found, objects: ["a"] });
    });
    await assert.rejects(engine().delete(state), /unable to remove bucket \(states\): .* is not empty/);
    const forced = { ...state, outputs: { ...state.outputs, forceDestroy: true } };
    await assert.rejects(engine().delete(forced), /error reading from server: EOF/);
    await assert.rejects(engine().delete(forced), /The specified bucket does not exist/);
  });

  it("deletes an empty bucket, forced or not", async () => {
    for (const forceDestroy of [false, true]) {
      const state = await engine().create(BUCKET, "b", { bucket: "states", forceDestroy });
      await engine().delete(state);
      assert.equal(
        engine().world.read((world) => buckets.of(world).has("states")),
        false,
      );
    }
  });

  it("rejects names that are no bucket names", async () => {
    await assert.rejects(engine().create(BUCKET, "b", { bucket: "Under_Score" }), /invalid characters/);
    await assert.rejects(engine().create(BUCKET, "b", { bucket: "ab" }), /shorter than 3/);
  });

  it("sees versioning and lifecycle rules that were changed by others", async () => {
    await engine().create(BUCKET, "b", { bucket: "states" });
    const versioning = { bucket: "states", versioningConfiguration: { status: "Enabled" } };
    const state = await engine().create(VERSIONING, "v", versioning);
    engine().world.change((world) => {
      const found = buckets.of(world).get("states");
      assert.ok(found);
      buckets.of(world).set("states", { ...found, versioning: { status: "Suspended" } });
    });
    const found = await engine().read(state);
    assert.ok(found);
    assert.equal((await engine().diff(found, versioning)).hasChanges, true);
    await engine().update(found, versioning);
    assert.deepEqual(
      engine().world.read((world) => buckets.of(world).get("states")?.versioning),
      { status: "Enabled" },
    );
  });

  it("answers the status of lifecycle rules and takes none", async () => {
    await engine().create(BUCKET, "b", { bucket: "states" });
    const rule = { id: "old", expiration: "60d", noncurrentVersionExpirationDays: 7 };
    const state = await engine().create(LIFECYCLE, "l", { bucket: "states", rules: [rule] });
    assert.deepEqual(state.outputs["rules"], [{ ...rule, status: "Enabled" }]);
    assert.equal(
      (await engine().diff((await engine().read(state)) ?? state, { bucket: "states", rules: [rule] }))
        .hasChanges,
      false,
    );
    const { failures } = await engine().check(LIFECYCLE, "l", {
      bucket: "states",
      rules: [{ ...rule, status: "Enabled" }],
    });
    assert.match(failures.join(), /^rules\[0\]\.status: Computed attribute cannot be set/);
  });

  it("rejects lifecycle rules without an action, with odd durations, or for a missing bucket", async () => {
    const failuresOf = async (rule: Record<string, string | number>): Promise<string> =>
      (await engine().check(LIFECYCLE, "l", { bucket: "x", rules: [{ id: "r", ...rule }] })).failures.join();
    assert.match(await failuresOf({}), /must do something/);
    assert.match(await failuresOf({ expiration: "60 days" }), /duration \(5d\)/);
    assert.match(
      await failuresOf({ noncurrentVersionExpirationDays: "7d" }),
      /expected a number, got a string/,
    );
    assert.equal(await failuresOf({ expiration: "DeleteMarker" }), "");
    await assert.rejects(
      engine().create(LIFECYCLE, "l", { bucket: "absent", rules: [{ id: "r", expiration: "1d" }] }),
      /The specified bucket does not exist: absent/,
    );
  });

  it("keeps secrets of users sealed", async () => {
    const state = await engine().create(
      USER,
      "u",
      { name: "spacelift", secret: "top-secret-value" },
      { secrets: ["/secret"] },
    );
    assert.ok(state.secrets.has("/secret"));
    const record = engine().world.read((world) => users.of(world).get("spacelift"));
    assert.match(record?.secret ?? "", /^sealed:/);
    assert.doesNotMatch(record?.secret ?? "", /top-secret-value|dG9wLXNlY3JldC12YWx1Z/);
  });

  it("names users and policies after the resource when no name is given", async () => {
    assert.match((await engine().create(USER, "u", {})).id, /^u-[0-9a-f]{7}$/);
    assert.match((await engine().create(POLICY, "p", { policy: DOCUMENT })).id, /^p-[0-9a-f]{7}$/);
  });

  it("rejects policies that are not JSON, or whose actions and resources do not exist", async () => {
    const { failures } = await engine().check(POLICY, "p", { policy: "{" });
    assert.deepEqual(failures, ['policy: "policy" contains an invalid JSON policy']);
    const policyWith = (action: string): Promise<unknown> =>
      engine().create(POLICY, "p", { policy: documentOf(action) });
    await assert.rejects(policyWith("s3:GetObjekt"), /unsupported action 's3:GetObjekt'/);
    await assert.rejects(policyWith("ec2:RunInstances"), /unsupported action/);
    await assert.rejects(
      engine().create(POLICY, "p", { policy: DOCUMENT.replace("arn:aws:s3:::", "arn:aws:iam:::") }),
      /invalid resource/,
    );
  });

  it("rejects attachments to what does not exist and deleting a policy in use", async () => {
    await engine().create(USER, "u", { name: "spacelift" });
    const attach = (policyName: string, userName: string): ReturnType<ReturnType<typeof engine>["create"]> =>
      engine().create(ATTACHMENT, "a", { policyName, userName });
    await assert.rejects(attach("p", "nobody"), /The specified user does not exist/);
    await assert.rejects(attach("p", "spacelift"), /The canned policy does not exist/);
    const policy = await engine().create(POLICY, "p", { name: "p", policy: DOCUMENT });
    const attachment = await attach("p", "spacelift");
    await assert.rejects(engine().delete(policy), /in use and cannot be deleted/);
    await engine().delete(attachment);
    await engine().delete(policy);
  });

  it("shows a difference on every run for a service account without a policy, and none with one", async () => {
    await engine().create(USER, "u", { name: "spacelift" });
    const bare = await engine().create(ACCOUNT, "bare", { targetUser: "spacelift" });
    assert.equal((await engine().diff(bare, { targetUser: "spacelift" })).hasChanges, true);
    const full = await engine().create(ACCOUNT, "full", { targetUser: "spacelift", policy: DOCUMENT });
    assert.equal(
      (await engine().diff(full, { targetUser: "spacelift", policy: DOCUMENT })).hasChanges,
      false,
    );
    assert.ok(full.secrets.has("/secretKey"));
  });

  // The provider's own code: terraform-provider-minio 1.20.1, minioUpdateUser, minioReadUser and minioDeleteUser.
  it("deletes a user that is updated with forceDestroy, and updates it without", async () => {
    const has = (): boolean => engine().world.read((world) => users.of(world).has("spacelift"));
    const inputs = { name: "spacelift", secret: "a-first-secret", forceDestroy: true };
    const state = await engine().create(USER, "u", inputs);
    const without = { ...inputs, forceDestroy: false };
    await engine().update(state, without);
    assert.equal(has(), true);
    await engine().update(state, { ...inputs, secret: "a-second-secret" });
    assert.equal(has(), false);
  });

  it("reads a missing user as gone, and rejects deleting it", async () => {
    const state = await engine().create(USER, "u", { name: "spacelift", secret: "a-first-secret" });
    engine().world.change((world) => users.of(world).delete("spacelift"));
    assert.equal(await engine().read(state), undefined);
    await assert.rejects(engine().delete(state), /The specified user does not exist/);
  });

  it("rejects reading the policy of a missing user, and takes it for no member of its groups", async () => {
    await engine().create(USER, "u", { name: "spacelift", secret: "a-first-secret" });
    await engine().create(GROUP, "g", { name: "services" });
    await engine().create(POLICY, "p", { name: "p", policy: DOCUMENT });
    const own = await engine().create(ATTACHMENT, "a", { policyName: "p", userName: "spacelift" });
    const rights = await engine().create(GROUP_POLICY, "gp", { policyName: "p", groupName: "services" });
    const member = await engine().create(GROUP_USER, "gu", { userName: "spacelift", groupName: "services" });
    assert.ok(await engine().read(member));
    engine().world.change((world) => {
      users.of(world).delete("spacelift");
      groups.of(world).set("services", { members: [], policies: ["p"] });
    });
    await assert.rejects(engine().read(own), /failed to load user Infos/);
    assert.equal(await engine().read(member), undefined);
    await assert.rejects(engine().delete(member), /The specified user does not exist/);
    assert.ok(await engine().read(rights));
  });

  it("keeps a group that has members, without a word", async () => {
    await engine().create(USER, "u", { name: "spacelift", secret: "a-first-secret" });
    const group = await engine().create(GROUP, "g", { name: "services" });
    const member = await engine().create(GROUP_USER, "gu", { userName: "spacelift", groupName: "services" });
    const has = (): boolean => engine().world.read((world) => groups.of(world).has("services"));
    await engine().delete(group);
    assert.equal(has(), true);
    await engine().delete(member);
    await engine().delete(group);
    assert.equal(has(), false);
  });

  // Seen with provider 0.17.1: the client of the provider cannot read the server's list of keys.
  it("rejects reading a missing access key, and deleting it while the user has another", async () => {
    await engine().create(USER, "u", { name: "spacelift", secret: "a-first-secret" });
    const inputs = { targetUser: "spacelift", policy: DOCUMENT };
    const lost = await engine().create(ACCOUNT, "lost", inputs);
    const other = await engine().create(ACCOUNT, "other", inputs);
    engine().world.change((world) => serviceAccounts.of(world).delete(lost.id));
    await assert.rejects(engine().read(lost), /error reading service account/);
    await assert.rejects(engine().delete(lost), /cannot unmarshal object/);
    await engine().delete(other);
    await engine().delete(lost);
  });

  it("rejects reading the versioning of a missing bucket", async () => {
    await engine().create(BUCKET, "b", { bucket: "states" });
    const versioning = { bucket: "states", versioningConfiguration: { status: "Enabled" } };
    const state = await engine().create(VERSIONING, "v", versioning);
    engine().world.change((world) => buckets.of(world).delete("states"));
    await assert.rejects(engine().read(state), /failed to load bucket versioning/);
    await assert.rejects(engine().delete(state), /The specified bucket does not exist/);
  });

  it("rejects an endpoint with a scheme", async () => {
    assert.match(
      (await engine().checkConfig({ minioServer: "https://minio.example.com" })).join(),
      /does not follow ip address or domain name/,
    );
  });
});
