import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { emptyingScripts } from "../../../components/platform/onprem/emptying";
import { ObjectStorage } from "../../../components/platform/onprem/object-storage";
import { objectStorageCheck } from "../../../preflight/object-storage";
import { configuredS3 } from "../../support/configurations";
import { assertBad, look, type Looked } from "../../support/peers/look";
import {
  reader,
  type S3Server,
  services,
  startSeaweedfs,
  startVersitygw,
} from "../../support/peers/s3-servers";
import { forSuite } from "../../support/peers/suite";
import { run } from "../../support/run";
import { goBuildTimeout, goProgram } from "../ground/go-programs";
import { s3ClientPrograms } from "../ground/programs";
import type { LifecycleRule } from "./provider-requests";

interface Login {
  readonly user: string;
  readonly password: string;
}

/** What the program makes of a bucket. */
interface MadeBucket {
  readonly Bucket: string;
  readonly Versioned: boolean;
  readonly Expire: number;
  readonly Noncurrent: number;
}

/** The buckets as the program registers them. */
async function madeBuckets(): Promise<readonly MadeBucket[]> {
  const { inventory } = await run(() => {
    const secretAccessKey = pulumi.secret("planted");
    const admin = { user: "access-key", password: secretAccessKey };
    const user = { accessKeyId: "access-key", secretAccessKey };
    new ObjectStorage("storage", { kind: "s3", endpoint: "s3.example.com", admin, user });
  });
  const of = (type: string, name: unknown) =>
    inventory.all(type).find(({ inputs }) => inputs["bucket"] === name)?.inputs;
  return inventory.all("minio:index/s3Bucket:S3Bucket").map(({ inputs: { bucket } }) => {
    const rules = of("minio:index/ilmPolicy:IlmPolicy", bucket)?.["rules"] as
      readonly LifecycleRule[] | undefined;
    return {
      Bucket: String(bucket),
      Versioned: of("minio:index/s3BucketVersioning:S3BucketVersioning", bucket) !== undefined,
      Expire: Number((rules?.[0]?.expiration ?? "0d").replace(/d$/, "")),
      Noncurrent: rules?.[0]?.noncurrentVersionExpirationDays ?? 0,
    };
  });
}

/** What the provider's client found of a bucket. */
interface FoundBucket {
  readonly Exists: boolean;
  readonly Versioning: string;
  readonly Rules: readonly object[] | null;
}

/**
 * Has minio-go 7.0.63 do with a bucket what terraform-provider-minio 1.20.1 has it do; rejects with its words. The module of
 * the provider itself is not to be had.
 */
async function provider(
  server: S3Server,
  operation: "create" | "read" | "delete",
  bucket: MadeBucket,
  region = "us-east-1",
): Promise<FoundBucket> {
  const asked = {
    ...bucket,
    Operation: operation,
    Endpoint: `localhost:${server.port}`,
    AccessKey: server.login.user,
    SecretKey: server.login.password,
    Region: region,
  };
  const { stdout } = await promisify(execFile)(await goProgram(s3ClientPrograms), [JSON.stringify(asked)]);
  return JSON.parse(stdout) as FoundBucket;
}

const lookAt = (
  { port, login: own }: S3Server,
  { storage = {}, login = own }: { storage?: Readonly<Record<string, unknown>>; login?: Login } = {},
  secrets: Readonly<Record<string, string>> = {},
): Promise<Looked> => {
  const objectStorage = { endpoint: `localhost:${port}`, tls: false, accessKeyId: login.user, ...storage };
  return look(
    objectStorageCheck,
    configuredS3({ onprem: { objectStorage } }, { s3SecretKey: login.password, ...secrets }),
  );
};

/** Empties a bucket as the command provider does, with nothing in its environment but what is given. */
function empty(
  { port, login }: S3Server,
  bucket: string,
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const env = {
    BUCKET: bucket,
    ENDPOINT: `localhost:${port}`,
    TLS: "false",
    INSECURE: "false",
    REGION: "us-east-1",
    ACCESS_KEY_ID: login.user,
    SECRET_ACCESS_KEY: login.password,
    ...more,
  };
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, ["-", `empty the bucket ${bucket}`], { env });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    child.once("error", fail);
    child.once("close", (code) => {
      done(`${String(code)}: ${stderr}`);
    });
    child.stdin.end(emptyingScripts.s3);
  });
}

async function must(server: S3Server, method: string, path: string, body?: string): Promise<string> {
  const { status, text } = await server.send(method, path, body === undefined ? {} : { body });
  assert.ok(status < 300, `${method} ${path}: ${status} ${text}`);
  return text;
}

/** Fills a versioned bucket with more objects than a page lists, older versions, delete markers and an upload under way. */
async function fill(server: S3Server, bucket: string): Promise<void> {
  const keys = Array.from(
    { length: 520 },
    (_, index) => `/${bucket}/runs/${index % 7}/a%20%26%20b%27${index}`,
  );
  for (const body of ["first", "second"]) {
    for (let from = 0; from < keys.length; from += 20)
      await Promise.all(keys.slice(from, from + 20).map((key) => must(server, "PUT", key, body)));
  }
  for (const key of keys.slice(0, 20)) await must(server, "DELETE", key);
  const begun = await must(server, "POST", `/${bucket}/large%20one?uploads=`);
  const [, upload = ""] = /<UploadId>([^<]+)/.exec(begun) ?? [];
  await must(server, "PUT", `/${bucket}/large%20one?partNumber=1&uploadId=${upload}`, "a part");
}

const asMade = ({ Versioned, Expire, Noncurrent }: MadeBucket): FoundBucket => ({
  Exists: true,
  Versioning: Versioned ? "Enabled" : "",
  Rules:
    Expire + Noncurrent === 0 ? [] : [{ ID: "retention", Status: "Enabled", Prefix: "", Expire, Noncurrent }],
});

/** Whether nothing of a preflight is left in a bucket, not even a delete marker. */
const leftIn = async (server: S3Server, bucket: string): Promise<boolean> =>
  (await must(server, "GET", `/${bucket}?versions=`)).includes("spacelift-preflight");

function emptiesBuckets(server: () => S3Server): void {
  const bucket = { Bucket: "full", Versioned: true, Expire: 0, Noncurrent: 0 };

  it("has a full bucket emptied by the script, so that the provider can delete it", async function () {
    this.timeout(120_000);
    await provider(server(), "create", bucket);
    await fill(server(), "full");
    await assert.rejects(provider(server(), "delete", bucket), /not empty/);
    assert.equal(await empty(server(), "full"), "0: ");
    assert.doesNotMatch(await must(server(), "GET", "/full?versions="), /<Version>|<DeleteMarker>/);
    assert.doesNotMatch(await must(server(), "GET", "/full?uploads="), /<Upload>/);
    await provider(server(), "delete", bucket);
    assert.equal((await provider(server(), "read", bucket)).Exists, false);
  });

  it("has a bucket that is gone made again, for whoever deletes it next", async () => {
    assert.equal(await empty(server(), "gone"), "0: ");
    await provider(server(), "delete", { ...bucket, Bucket: "gone" });
  });

  it("has a wrong secret key refused, in words without it", async () => {
    const said = await empty(server(), "full", { SECRET_ACCESS_KEY: "planted-wrong" });
    assert.match(said, /^1: the bucket full at localhost:\d+ was not emptied: .*SignatureDoesNotMatch/);
    assert.doesNotMatch(said, /planted/);
  });
}

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
