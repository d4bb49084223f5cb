import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as pulumi from "@pulumi/pulumi";
import { type PlannedBucket, planBuckets } from "../../../components/buckets";
import { ObjectStorage } from "../../../components/platform/onprem/object-storage";
import { accountInfo, missingRights } from "../../../preflight/minio-policy";
import { minioStatements, type MinioStatement } from "../../../preflight/minio-rights";
import { type RecordedResource, SecretValue } from "../../support/inventory";
import { authority } from "../../support/peers/authority";
import { startMinio } from "../../support/peers/minio-server";
import { forSuite } from "../../support/peers/suite";
import { run } from "../../support/run";
import { goBuildTimeout } from "../ground/go-programs";
import { type ProviderRequest, requestsOf } from "./provider-requests";

const login = { user: "deployer", password: "planted-deployer-secret" };
const emptyingType = "command:local:Command";

/** A bucket that is kept and one that is not, each with versions and rules, by names of their own. */
const bucketsOf = (suffix: string): readonly PlannedBucket[] =>
  planBuckets({}, false)
    .filter(({ role }) => role === "runLogs" || role === "uploads")
    .map((bucket) => ({ ...bucket, name: `${bucket.name}-${suffix}` }));

const statementsFor = (buckets: readonly PlannedBucket[]): readonly MinioStatement[] =>
  minioStatements({ buckets, createBuckets: true, createUser: true });

const everything = statementsFor(planBuckets({}, true)).flatMap(({ Action }) => Action);

// Held against MinIO: a user with this policy and no other asks for what the provider would ask for, over a whole life.
describe("the rights of the MinIO user that deploys", () => {
  const minio = forSuite(() => startMinio(authority("Test CA").issue(["DNS:localhost"])), goBuildTimeout);

  before(() => minio().addUserInGroup(login.user, login.password, policyOf(statementsFor([]))));

  const allow = async (statements: readonly MinioStatement[]): Promise<void> => {
    const { status, text } = await minio().send(
      "PUT",
      `/minio/admin/v3/add-canned-policy?name=${login.user}`,
      { body: policyOf(statements) },
    );
    assert.ok(status < 300, text);
  };

  /** Why MinIO refused one of some requests; undefined when it took them all. */
  async function ask(requests: readonly ProviderRequest[]): Promise<string | undefined> {
    for (const { method, path, alsoFine = [], ...parts } of requests) {
      const { status, text } = await minio().send(method, path, { ...parts, login });
      if (status >= 300 && !alsoFine.includes(status)) return `${method} ${path}: ${status} ${text}`;
    }
    return undefined;
  }

  /** The resources of an object storage, in the order in which they are made. */
  async function planned(suffix: string, accessKeyRevision: number): Promise<readonly RecordedResource[]> {
    const { inventory } = await run(() => {
      new ObjectStorage("storage", {
        endpoint: `localhost:${minio().port}`,
        insecureSkipVerify: true,
        admin: { user: login.user, password: pulumi.secret(login.password) },
        buckets: bucketsOf(suffix),
        user: `spacelift-${suffix}`,
        accessKeyRevision,
      });
    });
    return inventory.resources;
  }

  /** What became of a life: the step at which it ended and why; undefined when it came to its end. */
  async function live(suffix: string): Promise<string | undefined> {
    const made = await planned(suffix, 1);
    const rotated = (await planned(suffix, 2)).filter(
      ({ type, inputs }) => type.startsWith("minio:") && JSON.stringify(inputs).includes(`${suffix}-2`),
    );
    const old = made.filter(({ type }) => type === "minio:index/iamUser:IamUser");
    const left = [
      ...made.filter((each) => !rotated.some(({ name }) => name === each.name)),
      ...rotated,
    ].filter(({ options }) => !options.retainOnDelete && options.deletedWith === undefined);
    const of = (resources: readonly RecordedResource[], step: "create" | "read" | "remove") =>
      ask(resources.flatMap((resource) => requestsOf(resource)?.[step] ?? []));
    const steps: Readonly<Record<string, () => Promise<string | undefined>>> = {
      create: () => of(made, "create"),
      "no-op": () => of(made, "read"),
      rotation: async () => (await of(rotated, "create")) ?? (await of(old, "remove")),
      // Commands that empty buckets are removed before what they depend on.
      destroy: async () => {
        for (const each of [...left].reverse()) {
          const problem = each.type.startsWith("command:") ? await emptied(each) : await of([each], "remove");
          if (problem !== undefined) return problem;
        }
        return undefined;
      },
      adoption: () =>
        of(
          made.filter(({ type, options }) => type.endsWith(":S3Bucket") && options.retainOnDelete),
          "read",
        ),
    };
    for (const [title, step] of Object.entries(steps)) {
      const problem = await step();
      if (problem !== undefined) return `${title}: ${problem}`;
    }
    return undefined;
  }

  it("are enough to create, do nothing, rotate, destroy and take over", async () => {
    await allow(statementsFor(bucketsOf("whole")));
    assert.equal(await live("whole"), undefined);
    const { text } = await minio().send("GET", "/");
    assert.match(text, /<Name>spacelift-run-logs-whole</);
    assert.doesNotMatch(text, /uploads-whole/);
    for (const list of ["list-users", "groups", "list-canned-policies"]) {
      const { status, text: found } = await minio().send("GET", `/minio/admin/v3/${list}`);
      assert.ok(status === 200 && !found.includes("spacelift-whole"), `${list}: ${status} ${found}`);
    }
  });

  for (const [index, action] of everything.entries()) {
    it(`are no more than needed: without ${action}, something is refused`, async () => {
      const suffix = `without-${index}`;
      await allow(
        statementsFor(bucketsOf(suffix)).map((statement) => ({
          ...statement,
          Action: statement.Action.filter((each) => each !== action),
        })),
      );
      assert.match((await live(suffix)) ?? "it came to its end", /: 403 |AccessDenied/);
      // What preflight would say, from what MinIO tells of the user.
      const info = await minio().send("GET", "/minio/admin/v3/accountinfo", { login });
      const { Policy } = accountInfo.parse(JSON.parse(info.text));
      assert.deepEqual(
        missingRights(Policy.Statement, statementsFor(bucketsOf(suffix))).map((each) => each.action),
        [action],
      );
    });
  }

  it("leave alone what is somebody else's, objects, and the server", async () => {
    await allow(statementsFor(bucketsOf("whole")));
    await minio().makeBucket("of-somebody-else");
    for (const [method, path] of [
      ["PUT", "/another"],
      ["DELETE", "/of-somebody-else"],
      ["HEAD", "/of-somebody-else"],
      ["GET", "/spacelift-run-logs-whole/key"],
      ["PUT", "/spacelift-run-logs-whole/key"],
      ["GET", "/minio/admin/v3/info"],
      ["GET", "/minio/admin/v3/list-users"],
      ["PUT", "/minio/admin/v3/set-user-status?accessKey=deployer&status=disabled"],
    ] as const) {
      assert.equal((await minio().send(method, path, { login })).status, 403, `${method} ${path}`);
    }
  });

  // MinIO limits administrative rights to nothing; docs/operations.md says so.
  it("do not keep the user from taking others", async () => {
    await allow(statementsFor(bucketsOf("whole")));
    const path = `/minio/admin/v3/set-user-or-group-policy?isGroup=false&policyName=consoleAdmin&userOrGroup=${login.user}`;
    assert.equal((await minio().send("PUT", path, { login })).status, 200);
    assert.equal((await minio().send("GET", "/minio/admin/v3/info", { login })).status, 200);
  });
});

const policyOf = (statements: readonly MinioStatement[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.filter(({ Resource }) => Resource?.length !== 0),
  });

/** Runs a command's deletion as its provider does; gives what it says when it fails. */
function emptied({ type, inputs }: RecordedResource): Promise<string | undefined> {
  assert.equal(type, emptyingType);
  const { interpreter, stdin, environment, delete: deletion } = inputs;
  // A bucket that is kept has a command that does nothing.
  if (deletion === undefined) return Promise.resolve(undefined);
  assert.deepEqual(interpreter, ["node", "-"]);
  assert.ok(environment instanceof SecretValue);
  const env = environment.value as Readonly<Record<string, string>>;
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, ["-"], { env });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    child.once("error", fail);
    child.once("close", (code) => {
      done(code === 0 ? undefined : stderr);
    });
    child.stdin.end(String(stdin));
  });
}
