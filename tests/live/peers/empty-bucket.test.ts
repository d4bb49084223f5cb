import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { authority } from "../../support/peers/authority";
import { withProxy } from "../../support/peers/minio-front";
import { goBuildTimeout } from "../ground/go-programs";
import { startMinio } from "../../support/peers/minio-server";
import { forSuite } from "../../support/peers/suite";

const ca = authority("Test CA");
const script = readFileSync(resolve(__dirname, "../../../components/platform/onprem/empty-bucket.cjs"));

describe("the script that empties a bucket, against MinIO", () => {
  const minio = forSuite(() => startMinio(ca.issue(["DNS:localhost"])), goBuildTimeout);

  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spacelift-test-"));
    await writeFile(join(folder, "ca.pem"), ca.certificate);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Runs the script as the command provider does, with nothing in its environment but what is given. */
  function empty(
    bucket: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly code: number | null; readonly stderr: string }> {
    const { user, password } = minio().root;
    return new Promise((done, fail) => {
      const child = spawn(process.execPath, ["-", `empty the bucket ${bucket}`], {
        env: {
          BUCKET: bucket,
          ENDPOINT: `localhost:${minio().port}`,
          TLS: "true",
          INSECURE: "false",
          REGION: "us-east-1",
          CA_FILE: join(folder, "ca.pem"),
          ACCESS_KEY_ID: user,
          SECRET_ACCESS_KEY: password,
          ...env,
        },
      });
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
      child.once("error", fail);
      child.once("close", (code) => {
        done({ code, stderr });
      });
      child.stdin.end(script);
    });
  }

  const send = async (method: string, path: string, body?: string): Promise<string> => {
    const { status, text } = await minio().send(method, path, body === undefined ? {} : { body });
    assert.ok(status < 300, `${method} ${path}: ${text}`);
    return text;
  };
  const deletion = async (bucket: string): Promise<number> =>
    (await minio().send("DELETE", `/${bucket}`)).status;
  /** A bucket with objects, older versions, delete markers and an upload that was never completed. */
  const fill = async (bucket: string): Promise<void> => {
    await send("PUT", `/${bucket}`);
    await send(
      "PUT",
      `/${bucket}?versioning`,
      "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
    );
    const keys = Array.from({ length: 40 }, (_, index) => `/${bucket}/runs/${index % 7}/${index}`);
    await Promise.all(keys.map((key) => send("PUT", key, "first")));
    await Promise.all(keys.map((key) => send("PUT", key, "second")));
    await Promise.all(keys.slice(0, 20).map((key) => send("DELETE", key)));
    const [, upload] = /<UploadId>([^<]+)/.exec(await send("POST", `/${bucket}/large?uploads`)) ?? [];
    await send("PUT", `/${bucket}/large?partNumber=1&uploadId=${upload ?? ""}`, "a part");
  };

  it("leaves an empty bucket, which can then be deleted as any other", async () => {
    await fill("full");
    await fill("another");
    assert.equal(await deletion("full"), 409);
    assert.deepEqual(await empty("full"), { code: 0, stderr: "" });
    assert.doesNotMatch(await send("GET", "/full?versions"), /<Version>|<DeleteMarker>/);
    assert.equal(await deletion("full"), 204);
    assert.match(await send("GET", "/another?versions"), /<DeleteMarker>/);
  });

  it("creates a bucket that is gone, for whoever deletes it next", async () => {
    assert.deepEqual(await empty("gone"), { code: 0, stderr: "" });
    assert.equal(await deletion("gone"), 204);
  });

  it("is content with a bucket that is empty", async () => {
    await send("PUT", "/empty");
    assert.equal((await empty("empty")).code, 0);
    assert.equal(await deletion("empty"), 204);
  });

  it("says what is wrong, and no secret", async () => {
    const wrong = await empty("another", { SECRET_ACCESS_KEY: "planted-wrong-password" });
    assert.equal(wrong.code, 1);
    assert.match(
      wrong.stderr,
      /^the bucket another at localhost:\d+ was not emptied: .*SignatureDoesNotMatch/,
    );
    assert.doesNotMatch(wrong.stderr, /planted|\bat .*:\d+:\d+/);
    await minio().addUser("mortal", "planted-mortal");
    await minio().send(
      "PUT",
      "/minio/admin/v3/set-user-or-group-policy?isGroup=false&policyName=readonly&userOrGroup=mortal",
    );
    const denied = await empty("another", { ACCESS_KEY_ID: "mortal", SECRET_ACCESS_KEY: "planted-mortal" });
    assert.match(denied.stderr, /AccessDenied .*mortal needs s3:ForceDeleteBucket/);
    const elsewhere = await empty("another", { ENDPOINT: "localhost:1" });
    assert.match(elsewhere.stderr, /ECONNREFUSED/);
    assert.match(await send("GET", "/another?versions"), /<Version>/);
  });

  it("trusts the given CA, the one of the machine, or nobody when told so", async () => {
    const untrusted = await empty("another", { CA_FILE: "" });
    assert.match(untrusted.stderr, /certificate/);
    assert.equal((await empty("a-bucket", { CA_FILE: "", SSL_CERT_FILE: join(folder, "ca.pem") })).code, 0);
    assert.equal((await empty("a-bucket", { CA_FILE: "", INSECURE: "true" })).code, 0);
  });

  it("does not empty a bucket with object locking, and says so", async () => {
    const made = await minio().send("PUT", "/locked", {
      headers: { "x-amz-bucket-object-lock-enabled": "true" },
    });
    assert.equal(made.status, 200);
    await send("PUT", "/locked/key", "data");
    const { code, stderr } = await empty("locked");
    assert.equal(code, 1, stderr);
    assert.match(await send("GET", "/locked?versions"), /<Version>/);
  });

  describe("over plain HTTP", () => {
    const proxy = withProxy(() => `localhost:${minio().port}`, {});

    it("goes without certificates", async () => {
      await fill("plain");
      const ended = await empty("plain", { TLS: "false", ENDPOINT: proxy.address(), CA_FILE: "" });
      assert.deepEqual(ended, { code: 0, stderr: "" });
      assert.equal(await deletion("plain"), 204);
    });
  });
});
