import assert from "node:assert/strict";
import { databaseCheck } from "../../../preflight/database";
import { type TestConfig, configured } from "../../support/configurations";
import { authority } from "../../support/peers/authority";
import { assertBad, look, type Looked } from "../../support/peers/look";
import { withHangingServer } from "../../support/peers/loopback";
import { startPostgres } from "../../support/peers/postgres";
import { freePort } from "../../support/peers/server-process";
import { forSuite } from "../../support/peers/suite";

const ca = authority("Test CA");
const databaseCa = ca.certificate;
const PASSWORD = "planted-db@password";

describe("database check against Postgres", () => {
  const server = forSuite(() => startPostgres(ca.issue(["DNS:localhost"])));

  const url = (changes: {
    readonly user?: string;
    readonly password?: string;
    readonly host?: string;
    readonly database?: string;
    readonly query?: string;
  }): string => {
    const { user = "owner", password = PASSWORD, host = "localhost", database = "spacelift" } = changes;
    const query = changes.query ?? "sslmode=verify-full";
    return `postgres://${user}:${encodeURIComponent(password)}@${host}:${server().port}/${database}?${query}`;
  };

  const lookAt = (
    changes: Parameters<typeof url>[0] = {},
    files: { readonly databaseCa?: string } = { databaseCa },
    settings: TestConfig["settings"] = {},
    replica?: string,
  ): Promise<Looked> =>
    look(
      databaseCheck,
      configured(
        { onprem: { database: { allowUnverified: true } }, ...settings },
        { databaseUrl: url(changes), databaseReadOnlyUrl: replica },
      ),
      { files: { rootCas: [], ...files } },
    );

  before(async () => {
    await server().run([
      `CREATE ROLE owner LOGIN CREATEROLE PASSWORD '${PASSWORD}'`,
      "CREATE DATABASE spacelift OWNER owner",
      `CREATE ROLE guest LOGIN PASSWORD '${PASSWORD}'`,
      `CREATE ROLE few LOGIN CREATEROLE CONNECTION LIMIT 20 PASSWORD '${PASSWORD}'`,
      `CREATE ROLE readers LOGIN PASSWORD '${PASSWORD}'`,
      "ALTER ROLE readers SET default_transaction_read_only = on",
      `CREATE ROLE nowhere LOGIN PASSWORD '${PASSWORD}'`,
      "ALTER ROLE nowhere SET search_path = missing",
      `CREATE ROLE nologin NOLOGIN PASSWORD '${PASSWORD}'`,
      "CREATE DATABASE latin OWNER owner ENCODING 'LATIN1' TEMPLATE template0",
      "CREATE DATABASE used OWNER guest",
      `CREATE ROLE tlsless LOGIN PASSWORD '${PASSWORD}'`,
      `CREATE ROLE maker LOGIN CREATEROLE PASSWORD '${PASSWORD}'`,
    ]);
    await server().run(["GRANT CREATE ON SCHEMA public TO maker"], { database: "spacelift" });
  });

  it("is content with a database that the role owns", async () => {
    const looked = await lookAt();
    assert.deepEqual(looked.summary, [
      "database.reachable passed",
      "database.version passed",
      "database.writable passed",
      "database.encoding passed",
      "database.privileges passed",
      "database.roles passed",
      "database.connections passed",
    ]);
    assert.match(
      looked.finding("database.reachable").reason,
      /^localhost:\d+ accepts the login of owner, with TLS, verified$/,
    );
    assert.match(looked.finding("database.version").reason, /^Postgres 1[4-7]\.\d+/);
    assert.equal(looked.finding("database.privileges").reason, "owner owns spacelift");
  });

  it("tries the hosts of the URL one after another", async () => {
    const looked = await lookAt({ host: `localhost:${await freePort()},localhost` });
    assert.equal(looked.finding("database.reachable").reason.split(" ")[0], `localhost:${server().port}`);
  });

  for (const [query, files, encryption] of [
    ["sslmode=verify-ca", { databaseCa }, "with TLS, its CA verified"],
    ["sslmode=require", {}, "with TLS, not verified"],
    ["sslmode=require", { databaseCa }, "with TLS, its CA verified"],
    ["sslmode=prefer", {}, "with TLS, not verified"],
    ["sslmode=allow", {}, "without TLS"],
    ["sslmode=disable", {}, "without TLS"],
    ["application_name=x", {}, "with TLS, not verified"],
  ] as const) {
    const ca_ = "databaseCa" in files ? "a CA" : "no CA";
    it(`connects ${encryption} with ${query} and ${ca_}`, async () => {
      const { reason } = (await lookAt({ query }, files)).finding("database.reachable");
      assert.ok(reason.endsWith(`accepts the login of owner, ${encryption}`), reason);
    });
  }

  it("fails on a certificate of an unknown CA, and asks for the CA", async () => {
    const looked = await lookAt({}, {});
    assertBad(
      looked.finding("database.certificate"),
      "failed",
      /CA that is not trusted/,
      /onprem\.database\.caCertificate/,
    );
    assert.equal(looked.results.length, 1);
  });

  it("fails on a certificate of another CA", async () => {
    const looked = await lookAt({}, { databaseCa: authority("Other CA").certificate });
    assertBad(looked.finding("database.certificate"), "failed", /CA that is not trusted/);
  });

  it("fails on a certificate for another name, unless only the CA is to be verified", async () => {
    const looked = await lookAt({ host: "127.0.0.1" });
    assertBad(
      looked.finding("database.certificate"),
      "failed",
      /for DNS:localhost, not for the address 127\.0\.0\.1/,
      /sslmode=verify-ca/,
    );
    const lenient = await lookAt({ host: "127.0.0.1", query: "sslmode=verify-ca" });
    assert.equal(lenient.finding("database.reachable").status, "passed");
  });

  it("leaves alone a server whose CA is known to the pods alone", async () => {
    const looked = await lookAt({ query: "sslmode=verify-full&sslrootcert=/etc/ca.pem" }, {});
    assert.deepEqual(looked.summary, ["database.reachable skipped"]);
  });

  it("fails on a wrong password", async () => {
    const looked = await lookAt({ password: "planted-wrong" });
    assertBad(
      looked.finding("database.login"),
      "failed",
      /refuses owner: the password is wrong/,
      /--secret spacelift:databaseUrl/,
    );
  });

  it("does not go without TLS because the server refuses the role, and warns of its rules", async () => {
    const looked = await lookAt({ user: "tlsless", query: "sslmode=prefer" }, {});
    assertBad(looked.finding("database.login"), "warning", /pg_hba\.conf rejects connection/, /pg_hba\.conf/);
  });

  it("fails on a database that does not exist, and on a role that may not log in", async () => {
    const absent = await lookAt({ database: "absent" });
    assertBad(
      absent.finding("database.login"),
      "failed",
      /"absent" does not exist/,
      /CREATE DATABASE "absent" OWNER "owner"/,
    );
    const closed = await lookAt({ user: "nologin" });
    assertBad(closed.finding("database.login"), "failed", /not permitted to log in/, /LOGIN/);
  });

  it("fails on a role without rights, with the statements that give them", async () => {
    const looked = await lookAt({ user: "guest" });
    assertBad(
      looked.finding("database.privileges"),
      "failed",
      /guest may not create tables in public/,
      /ALTER DATABASE "spacelift" OWNER TO "guest"` and `GRANT ALL ON SCHEMA "public" TO "guest"/,
    );
    assertBad(
      looked.finding("database.roles"),
      "failed",
      /guest may not create roles/,
      /ALTER ROLE "guest" CREATEROLE/,
    );
  });

  it("fails on a role that may create tables but no schemas", async () => {
    const looked = await lookAt({ user: "maker" });
    assert.equal(looked.finding("database.roles").status, "passed");
    assertBad(looked.finding("database.privileges"), "failed", /maker may not create schemas in spacelift/);
  });

  it("fails on a search path that leads nowhere", async () => {
    const looked = await lookAt({ user: "nowhere" });
    assertBad(looked.finding("database.privileges"), "failed", /no schema on its search_path/);
  });

  it("only warns of a role that may not make roles when the database is in use", async () => {
    const before_ = await lookAt({ user: "guest", database: "used" });
    assert.equal(before_.finding("database.roles").status, "failed");
    await server().run(["CREATE TABLE migrated ()"], {
      user: "guest",
      password: PASSWORD,
      database: "used",
    });
    const after_ = await lookAt({ user: "guest", database: "used" });
    assert.equal(after_.finding("database.privileges").status, "passed");
    assertBad(after_.finding("database.roles"), "warning", /which a migration may want to/);
  });

  it("fails on an encoding other than UTF8", async () => {
    const looked = await lookAt({ database: "latin" });
    assertBad(
      looked.finding("database.encoding"),
      "failed",
      /latin is encoded in LATIN1/,
      /TEMPLATE template0/,
    );
  });

  it("fails on a role whose transactions are read-only", async () => {
    const looked = await lookAt({ user: "readers" });
    assertBad(looked.finding("database.writable"), "failed", /read-only/);
  });

  it("warns of fewer connections than pods and receivers use", async () => {
    const looked = await lookAt({ user: "few" });
    assertBad(
      looked.finding("database.connections"),
      "warning",
      /at most 20 connections; .* can use 30 at once/,
    );
    const services = { server: { replicas: 1 }, drain: { replicas: 1, concurrency: { asyncJobs: 4 } } };
    const smaller = await lookAt({ user: "few" }, { databaseCa }, { services });
    assert.match(smaller.finding("database.connections").reason, /at least 15$/);
  });

  it("changes nothing, so that no transaction has a number", async () => {
    const next = (): Promise<unknown> =>
      server().run(["SELECT pg_snapshot_xmax(pg_current_snapshot())::text"]);
    const before_ = await next();
    await lookAt({}, { databaseCa }, {}, url({}));
    assert.equal(await next(), before_);
  });

  it("takes a read-only URL that leads to the same server", async () => {
    const looked = await lookAt({}, { databaseCa }, {}, url({}));
    assert.equal(looked.finding("database.replica.reachable").status, "passed");
    assert.equal(looked.finding("database.replica.source").reason, "the primary itself");
  });

  describe("and its replica", () => {
    const replica = forSuite(() => server().replicate());
    const toReplica = (): string =>
      `postgres://owner:${encodeURIComponent(PASSWORD)}@localhost:${replica().port}/spacelift?sslmode=verify-full`;

    it("knows a replica", async () => {
      const looked = await lookAt({}, { databaseCa }, {}, toReplica());
      assert.equal(looked.finding("database.replica.source").reason, "a replica");
    });

    it("fails on a replica as the database itself", async () => {
      const config = configured({}, { databaseUrl: toReplica() });
      const looked = await look(databaseCheck, config, { files: { rootCas: [], databaseCa } });
      assertBad(looked.finding("database.writable"), "failed", /is a standby/, /databaseReadOnlyUrl/);
    });
  });

  it("tells a read-only URL that does not work from the database's own", async () => {
    const looked = await lookAt({}, { databaseCa }, {}, url({ password: "planted-wrong" }));
    assert.equal(looked.finding("database.version").status, "passed");
    assertBad(looked.finding("database.replica.login"), "failed", /password/, /databaseReadOnlyUrl/);
  });

  it("warns of a closed port: pods may reach what this machine does not", async () => {
    const databaseUrl = `postgres://owner:planted@localhost:${await freePort()}/spacelift?sslmode=verify-full`;
    const looked = await look(databaseCheck, configured({}, { databaseUrl }));
    assertBad(looked.finding("database.reachable"), "warning", /refuses the connection/, /only the cluster/);
  });

  it("warns of a name that does not resolve", async () => {
    const databaseUrl = "postgres://owner:planted@database.invalid/spacelift?sslmode=verify-full";
    const looked = await look(databaseCheck, configured({}, { databaseUrl }));
    assertBad(looked.finding("database.reachable"), "warning", /^database\.invalid:5432 has a name that/);
  });

  describe("with TLS switched off", () => {
    before(() => server().run(["ALTER SYSTEM SET ssl = off", "SELECT pg_reload_conf()"]));
    after(() => server().run(["ALTER SYSTEM RESET ssl", "SELECT pg_reload_conf()"]));

    it("fails when the URL wants it, and does without when the URL prefers it", async () => {
      const looked = await lookAt();
      assertBad(looked.finding("database.certificate"), "failed", /offers no TLS/, /ssl = on/);
      const lenient = await lookAt({ query: "sslmode=prefer" });
      assert.match(lenient.finding("database.reachable").reason, /without TLS$/);
    });
  });
});

describe("database check against other servers", () => {
  const other = forSuite(() => startPostgres(ca.issue([])));
  const hanging = withHangingServer();

  it("fails on a certificate with nothing but a common name, which the services do not take", async () => {
    const databaseUrl = `postgres://owner:planted@localhost:${other().port}/spacelift?sslmode=verify-full`;
    const looked = await look(databaseCheck, configured({}, { databaseUrl }), {
      files: { rootCas: [], databaseCa },
    });
    assertBad(looked.finding("database.certificate"), "failed", /without a subject alternative name/);
  });

  it("warns of a read-only URL that leads to another server", async () => {
    const first = await startPostgres(ca.issue(["DNS:localhost"]));
    try {
      const make = `CREATE ROLE owner LOGIN SUPERUSER PASSWORD '${PASSWORD}'`;
      await first.run([make]);
      await other().run([make]);
      const to = (port: number): string =>
        `postgres://owner:${encodeURIComponent(PASSWORD)}@localhost:${port}/postgres?sslmode=require`;
      const config = configured({}, { databaseUrl: to(first.port), databaseReadOnlyUrl: to(other().port) });
      const looked = await look(databaseCheck, config);
      assertBad(looked.finding("database.replica.source"), "warning", /leads to another server/);
    } finally {
      await first.stop();
    }
  });

  it("gives up on a server that says nothing", async () => {
    const databaseUrl = `postgres://owner:planted@${hanging.address()}/spacelift?sslmode=verify-full`;
    const looked = await look(databaseCheck, configured({}, { databaseUrl }));
    assertBad(looked.finding("database.reachable"), "warning", /does not answer in time/);
  });
});
