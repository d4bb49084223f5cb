import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { emptyingScripts } from "../../../components/platform/onprem/emptying";
import { ObjectStorage } from "../../../components/platform/onprem/object-storage";
import { objectStorageCheck } from "../../../preflight/object-storage";
import { configuredS3 } from "../../support/configurations";
import { look, type Looked } from "../../support/peers/look";
import type { S3Server } from "../../support/peers/s3-servers";
import { run } from "../../support/run";
import { goProgram } from "../ground/go-programs";
import { s3ClientPrograms } from "../ground/programs";
import type { LifecycleRule } from "./provider-requests";

/** An access key. */
interface Login {
  readonly user: string;
  readonly password: string;
}

/** What the program makes of a bucket. */
export interface MadeBucket {
  readonly Bucket: string;
  readonly Versioned: boolean;
  readonly Expire: number;
  readonly Noncurrent: number;
}

/** The buckets as the program registers them. */
export async function madeBuckets(): Promise<readonly MadeBucket[]> {
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
export interface FoundBucket {
  readonly Exists: boolean;
  readonly Versioning: string;
  readonly Rules: readonly object[] | null;
}

/**
 * Has minio-go 7.0.63 do with a bucket what terraform-provider-minio 1.20.1 has it do; rejects with its words. The module of
 * the provider itself is not to be had.
 */
export async function provider(
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

/** Runs the checks of the object storage on a server. */
export const lookAt = (
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
export function empty(
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

/** Sends a request that must succeed; gives the text of the answer. */
export async function must(server: S3Server, method: string, path: string, body?: string): Promise<string> {
  const { status, text } = await server.send(method, path, body === undefined ? {} : { body });
  assert.ok(status < 300, `${method} ${path}: ${status} ${text}`);
  return text;
}

/** Fills a versioned bucket with more objects than a page lists, older versions, delete markers and an upload under way. */
export async function fill(server: S3Server, bucket: string): Promise<void> {
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

/** What the provider must find of a bucket. */
export const asMade = ({ Versioned, Expire, Noncurrent }: MadeBucket): FoundBucket => ({
  Exists: true,
  Versioning: Versioned ? "Enabled" : "",
  Rules:
    Expire + Noncurrent === 0 ? [] : [{ ID: "retention", Status: "Enabled", Prefix: "", Expire, Noncurrent }],
});

/** Whether nothing of a preflight is left in a bucket, not even a delete marker. */
export const leftIn = async (server: S3Server, bucket: string): Promise<boolean> =>
  (await must(server, "GET", `/${bucket}?versions=`)).includes("spacelift-preflight");

/** What every server of S3 must let be done. */
export function emptiesBuckets(server: () => S3Server): void {
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
