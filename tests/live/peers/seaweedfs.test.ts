import assert from "node:assert/strict";
import { assertBad } from "../../support/peers/look";
import { reader, services, startSeaweedfs } from "../../support/peers/s3-servers";
import { forSuite } from "../../support/peers/suite";
import { goBuildTimeout } from "../ground/go-programs";
import { asMade, emptiesBuckets, leftIn, lookAt, madeBuckets, must, provider } from "./s3-support";

describe("SeaweedFS as object storage", () => {
  const server = forSuite(startSeaweedfs, goBuildTimeout);

  it("passes preflight before there are buckets, which says what is seen later", async () => {
    const { summary } = await lookAt(server());
    assert.deepEqual(summary, [
      "object-storage.reachable passed",
      "object-storage.certificate skipped",
      "object-storage.clock passed",
      "object-storage.credentials passed",
      "object-storage.headers passed",
      "object-storage.region passed",
      "object-storage.buckets passed",
      "object-storage.versioning skipped",
      "object-storage.lifecycle skipped",
      "object-storage.objects skipped",
      "object-storage.cors passed",
    ]);
  });

  it("takes every bucket as the provider creates it, and reads back what was set", async function () {
    this.timeout(60_000);
    for (const bucket of await madeBuckets()) {
      assert.deepEqual(await provider(server(), "create", bucket), asMade(bucket), bucket.Bucket);
      await assert.rejects(provider(server(), "create", bucket), /already exists/);
    }
  });

  it("passes preflight with buckets: versions, rules, objects and a pre-signed URL, and nothing stays", async function () {
    this.timeout(60_000);
    const looked = await lookAt(server());
    const bad = looked.results.filter(({ status }) => status === "failed" || status === "warning");
    assert.deepEqual(bad, []);
    assert.equal(
      looked.finding("object-storage.objects").reason,
      `${server().login.user} wrote, listed two versions, fetched by a pre-signed URL, and deleted in spacelift-states`,
    );
    assert.equal(looked.finding("object-storage.versioning").status, "passed");
    assert.equal(
      looked.finding("object-storage.lifecycle").reason,
      "the rules of spacelift-uploads can be read",
    );
    assert.equal(await leftIn(server(), "spacelift-states"), false);
    const given = await lookAt(server(), { storage: { createBuckets: false } });
    assert.equal(given.finding("object-storage.buckets").reason, "all 10 buckets exist");
    assert.equal(given.finding("object-storage.versioning").reason, "the buckets that exist keep versions");
  });

  it("fails on given buckets that keep no versions", async () => {
    const suspended = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";
    await must(server(), "PUT", "/spacelift-states?versioning=", suspended);
    try {
      assertBad(
        (await lookAt(server(), { storage: { createBuckets: false } })).finding("object-storage.versioning"),
        "failed",
        /^versioning is not enabled on spacelift-states$/,
        /put-bucket-versioning/,
      );
    } finally {
      await must(server(), "PUT", "/spacelift-states?versioning=", suspended.replace("Suspended", "Enabled"));
    }
  });

  it("passes preflight with an access key of the services, as in docs/s3.md, beside one that deploys", async () => {
    const admin = server().login;
    const looked = await lookAt(
      server(),
      { storage: { adminAccessKeyId: admin.user }, login: services },
      { s3AdminSecretKey: admin.password },
    );
    assert.equal(looked.finding("object-storage.services").status, "passed");
    assert.match(
      looked.finding("object-storage.objects").reason,
      /^services-of-the-tests wrote, listed two versions/,
    );
    assert.equal(await leftIn(server(), "spacelift-states"), false);
  });

  it("fails on an access key of the services that may not write, beside one that deploys", async () => {
    const admin = server().login;
    const looked = await lookAt(
      server(),
      { storage: { adminAccessKeyId: admin.user }, login: reader },
      { s3AdminSecretKey: admin.password },
    );
    assert.equal(looked.finding("object-storage.services").status, "passed");
    assertBad(
      looked.finding("object-storage.objects"),
      "failed",
      /^reader-of-the-tests cannot write to spacelift-states: AccessDenied$/,
      /let reader-of-the-tests read, write, list and delete/,
    );
    const wrong = await lookAt(
      server(),
      { storage: { adminAccessKeyId: admin.user }, login: { ...reader, password: "planted-wrong" } },
      { s3AdminSecretKey: admin.password },
    );
    assertBad(wrong.finding("object-storage.services"), "failed", /refuses the signature/, /s3SecretKey/);
  });

  it("fails on browsers from elsewhere once the bucket has a rule", async () => {
    const rule =
      "<CORSConfiguration><CORSRule><AllowedOrigin>https://other.example.com</AllowedOrigin><AllowedMethod>PUT</AllowedMethod></CORSRule></CORSConfiguration>";
    await must(server(), "PUT", "/spacelift-uploads?cors=", rule);
    const { status, fix } = (await lookAt(server())).finding("object-storage.cors");
    assert.equal(status, "failed");
    assert.match(fix, /s3api put-bucket-cors --bucket spacelift-uploads .*https:\/\/spacelift\.example\.com/);
    await must(server(), "PUT", "/spacelift-uploads?cors=", rule.replace("other", "spacelift"));
    assert.equal((await lookAt(server())).finding("object-storage.cors").status, "passed");
  });

  emptiesBuckets(server);
});
