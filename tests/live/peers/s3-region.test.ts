import assert from "node:assert/strict";
import { assertBad } from "../../support/peers/look";
import { startMinio } from "../../support/peers/minio-server";
import { startVersitygw } from "../../support/peers/s3-servers";
import { forSuite } from "../../support/peers/suite";
import { goBuildTimeout } from "../ground/go-programs";
import { asMade, empty, fill, leftIn, lookAt, must, provider } from "./s3-support";

describe("versitygw in a region of its own as object storage", () => {
  const server = forSuite(() => startVersitygw({ region: "eu-west-1" }), goBuildTimeout);
  const states = { Bucket: "spacelift-states", Versioned: true, Expire: 0, Noncurrent: 0 };

  it("fails preflight with another region", async () => {
    assertBad((await lookAt(server())).finding("object-storage.region"), "failed", /not with us-east-1/);
  });

  it("fails preflight with its own, as the services' client cannot learn it", async () => {
    assertBad(
      (await lookAt(server(), { storage: { region: "eu-west-1" } })).finding("object-storage.region"),
      "failed",
      /^the services are told no region, and the server refuses to tell them/,
      /configure the server with us-east-1/,
    );
    await assert.rejects(provider(server(), "create", states, "eu-west-1"), /valid Region/);
  });
});

// As a stand-in for servers that have a region of their own and tell it.
describe("MinIO in a region of its own, by the API of S3 alone", () => {
  const region = "eu-west-1";
  const minio = forSuite(async () => {
    const { root, ...rest } = await startMinio(undefined, region);
    return { ...rest, login: root };
  }, goBuildTimeout);
  const states = { Bucket: "spacelift-states", Versioned: true, Expire: 0, Noncurrent: 30 };

  it("passes preflight before and after the provider created a bucket", async () => {
    const before = await lookAt(minio(), { storage: { region } });
    assert.equal(before.finding("object-storage.region").reason, "eu-west-1 is accepted");
    assert.deepEqual(await provider(minio(), "create", states, region), asMade(states));
    const after = await lookAt(minio(), { storage: { region } });
    const bad = after.results.filter(({ status }) => status === "failed" || status === "warning");
    assert.deepEqual(bad, []);
    assert.equal(await leftIn(minio(), "spacelift-states"), false);
  });

  it("fails preflight with another region, and names its own", async () => {
    assertBad(
      (await lookAt(minio())).finding("object-storage.region"),
      "failed",
      /configured with eu-west-1, not with us-east-1/,
      /objectStorage\.region eu-west-1/,
    );
  });

  it("has a bucket emptied by the script, and one that is gone made again in its region", async () => {
    await fill(minio(), "spacelift-states");
    assert.equal(await empty(minio(), "spacelift-states", { REGION: region }), "0: ");
    await must(minio(), "DELETE", "/spacelift-states");
    assert.equal(await empty(minio(), "spacelift-states", { REGION: region }), "0: ");
    await must(minio(), "DELETE", "/spacelift-states");
  }).timeout(120_000);
});
