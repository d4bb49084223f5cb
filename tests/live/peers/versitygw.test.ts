import assert from "node:assert/strict";
import { assertBad } from "../../support/peers/look";
import { startVersitygw } from "../../support/peers/s3-servers";
import { forSuite } from "../../support/peers/suite";
import { goBuildTimeout } from "../ground/go-programs";
import { asMade, empty, emptiesBuckets, leftIn, lookAt, madeBuckets, must, provider } from "./s3-support";

describe("versitygw as object storage", () => {
  const server = forSuite(() => startVersitygw(), goBuildTimeout);

  it("gets no bucket with lifecycle rules from the provider, and every bucket without", async () => {
    for (const bucket of await madeBuckets()) {
      const without = { ...bucket, Expire: 0, Noncurrent: 0 };
      assert.deepEqual(await provider(server(), "create", without), asMade(without));
    }
    const ruled = { Bucket: "ruled", Versioned: false, Expire: 1, Noncurrent: 0 };
    await assert.rejects(provider(server(), "create", ruled), /creating bucket lifecycle failed/);
  });

  it("is told by preflight to have no rules and no CORS, and passes without rules", async () => {
    const looked = await lookAt(server());
    assertBad(
      looked.finding("object-storage.lifecycle"),
      "failed",
      /^the server has no lifecycle rules$/,
      /onprem\.objectStorage\.lifecycle false/,
    );
    assert.equal(looked.finding("object-storage.versioning").status, "passed");
    assert.match(looked.finding("object-storage.objects").reason, /listed two versions, fetched by/);
    assertBad(
      looked.finding("object-storage.cors"),
      "failed",
      /may not upload/,
      /let a proxy answer OPTIONS/,
    );
    const without = await lookAt(server(), { storage: { lifecycle: false } });
    assert.equal(without.finding("object-storage.lifecycle").status, "skipped");
    assert.equal(await leftIn(server(), "spacelift-states"), false);
  });

  it("refuses an unknown access key, and a wrong secret key", async () => {
    const unknown = await lookAt(server(), { login: { user: "nobody", password: "planted" } });
    assertBad(unknown.finding("object-storage.credentials"), "failed", /knows no user nobody/, /accessKeyId/);
    const wrong = await lookAt(server(), { login: { ...server().login, password: "planted-wrong" } });
    assertBad(wrong.finding("object-storage.credentials"), "failed", /refuses the signature/, /s3SecretKey/);
  });

  emptiesBuckets(server);
});

describe("versitygw without versions as object storage", () => {
  const server = forSuite(() => startVersitygw({ versioned: false }), goBuildTimeout);

  it("fails preflight, as Spacelift needs versions of states", async () => {
    await must(server(), "PUT", "/spacelift-states");
    const looked = await lookAt(server());
    assertBad(
      looked.finding("object-storage.versioning"),
      "failed",
      /^the server has no versions of objects$/,
      /use a server that has them/,
    );
  });

  it("has its buckets emptied all the same", async () => {
    await must(server(), "PUT", "/spacelift-states/key", "an object");
    assert.equal(await empty(server(), "spacelift-states"), "0: ");
    await must(server(), "DELETE", "/spacelift-states");
  });
});
