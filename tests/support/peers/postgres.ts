import { appendFile, chown, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { Client } from "pg";
import type { KeyPair } from "./authority";
import { debianProgram } from "./debian";
import { freePort, startServer } from "./server-process";

/** A Postgres server of the tests' own, on loopback, whose superuser is `postgres`. */
export interface Postgres {
  readonly port: number;
  /** Runs statements one after another, and gives the first value of the last. */
  readonly run: (statements: readonly string[], login?: Partial<PostgresLogin>) => Promise<unknown>;
  /** Starts a streaming replica of it, with the same certificate. */
  readonly replicate: () => Promise<Postgres>;
  readonly stop: () => Promise<void>;
}

/** Who runs statements, and where. */
export interface PostgresLogin {
  /** @default "postgres" */
  readonly database: string;
  /** @default - the superuser */
  readonly user: string;
  readonly password: string;
}

const superuser: PostgresLogin = {
  database: "postgres",
  user: "postgres",
  password: "superuser-of-the-tests",
};

/** Postgres refuses to run as root; the user `nobody` exists on every Debian. Undefined: that of this process. */
const ownUser = (): { readonly uid: number; readonly gid: number } | undefined =>
  process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;

const VERSIONS = "/usr/lib/postgresql";

/** Starts a server with a certificate in a folder that goes with it. The machine's own clusters are left alone. */
export const startPostgres = (pair: KeyPair): Promise<Postgres> =>
  start(pair, async (data, folder) => {
    const made = ["--pgdata", data, "--username", superuser.user, "--pwfile", join(folder, "password")];
    // What a crash leaves behind is thrown away in any case.
    await runToEnd("initdb", [...made, "--encoding", "UTF8", "--locale", "C", "--no-sync"], folder);
  });

const startReplica = (pair: KeyPair, primary: number): Promise<Postgres> =>
  start(pair, async (data, folder) => {
    const source = ["--host", "localhost", "--port", String(primary), "--username", superuser.user];
    const made = ["--pgdata", data, "--write-recovery-conf", "--checkpoint", "fast", "--no-sync"];
    await runToEnd("pg_basebackup", [...made, ...source], folder);
  });

async function start(
  pair: KeyPair,
  makeData: (data: string, folder: string) => Promise<void>,
): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), "spacelift-test-postgres-"));
  const user = ownUser();
  try {
    const place = async (name: string, content: string): Promise<void> => {
      await writeFile(join(folder, name), content, { mode: 0o600 });
      if (user) await chown(join(folder, name), user.uid, user.gid);
    };
    if (user) await chown(folder, user.uid, user.gid);
    await place("server.crt", pair.certificate);
    await place("server.key", pair.privateKey);
    await place("password", superuser.password);
    await place("hba.conf", accessRules);
    const data = join(folder, "data");
    await makeData(data, folder);
    const port = await freePort();
    await appendFile(join(data, "postgresql.conf"), settings(folder, port));
    const server = await startServer({
      command: await program("postgres"),
      args: ["-D", data],
      cwd: folder,
      ...(user && { user }),
      // Ends sessions instead of waiting for them.
      end: "SIGINT",
      answers: () => statements(port, superuser, []).then(() => true),
    });
    return {
      port,
      run: (texts, login) => statements(port, { ...superuser, ...login }, texts),
      replicate: () => startReplica(pair, port),
      stop: async () => {
        await server.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

const settings = (folder: string, port: number): string => `
port = ${port}
listen_addresses = 'localhost'
unix_socket_directories = '${folder}'
hba_file = '${join(folder, "hba.conf")}'
ssl = on
ssl_cert_file = '${join(folder, "server.crt")}'
ssl_key_file = '${join(folder, "server.key")}'
fsync = off
autovacuum = off
`;

/** The role `tlsless` is let in without TLS alone. */
const accessRules = `
local all all trust
hostssl all tlsless all reject
host all all all scram-sha-256
host replication all all scram-sha-256
`;

/** Debian keeps the programs of each version in a folder that is not on PATH. */
async function program(name: string): Promise<string> {
  const versions = await readdir(VERSIONS).catch(() => []);
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
  return debianProgram(
    name,
    "postgresql",
    newestFirst.map((version) => join(VERSIONS, version, "bin")),
  );
}

async function statements(port: number, login: PostgresLogin, texts: readonly string[]): Promise<unknown> {
  const client = new Client({ host: "localhost", port, ...login, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    let first: unknown;
    for (const text of texts) {
      const { rows } = await client.query<unknown[]>({ text, rowMode: "array" });
      first = rows[0]?.[0];
    }
    return first;
  } finally {
    await client.end();
  }
}

async function runToEnd(name: string, args: readonly string[], cwd: string): Promise<void> {
  const command = await program(name);
  const env = { PATH: process.env["PATH"], HOME: cwd, LC_ALL: "C", PGPASSWORD: superuser.password };
  await new Promise<void>((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "ignore", "pipe"], ...ownUser() });
    let printed = "";
    child.stderr.on("data", (chunk: Buffer) => (printed += chunk.toString("utf8")));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} failed (${code ?? "killed"}): ${printed}`));
    });
  });
}
