import { appendFile, chown, cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { spawn } from "node:child_process";
import { Client } from "pg";
import type { KeyPair } from "./authority";
import { postgresPrograms } from "./postgres-programs";
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

/** Postgres refuses to run as root. The user `nobody` of Debian and Alpine instead; undefined: that of this process. */
const ownUser = (): { readonly uid: number; readonly gid: number } | undefined =>
  process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;

/** Starts a server with a certificate in a folder that goes with it. The machine's own clusters are left alone. */
export const startPostgres = (pair: KeyPair): Promise<Postgres> =>
  start(pair, async (data, folder) => {
    const made = ["--pgdata", data, "--username", superuser.user, "--pwfile", join(folder, "password")];
    // What a crash leaves behind is thrown away in any case.
    await runToEnd("initdb", [...made, "--encoding", "UTF8", "--locale", "C", "--no-sync"], folder);
  });

/** `pg_basebackup` by hand, which the package lacks: a copy of the files of a server that was told of it. */
const startReplica = (pair: KeyPair, port: number, primary: string): Promise<Postgres> =>
  start(pair, async (data) => {
    await connected(port, superuser, async (client) => {
      await client.query("SELECT pg_backup_start('replica', fast => true)");
      const filter = (path: string): boolean => basename(path) !== "postmaster.pid";
      await cp(primary, data, { recursive: true, filter });
      const { rows } = await client.query<{ readonly labelfile: string }>("SELECT * FROM pg_backup_stop()");
      await writeFile(join(data, "backup_label"), rows[0]?.labelfile ?? "");
    });
    await writeFile(join(data, "standby.signal"), "");
    const source = `host=localhost port=${port} user=${superuser.user} password=${superuser.password}`;
    await appendFile(join(data, "postgresql.conf"), `primary_conninfo = '${source} sslmode=require'\n`);
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
    };
    await place("server.crt", pair.certificate);
    await place("server.key", pair.privateKey);
    await place("password", superuser.password);
    await place("hba.conf", accessRules);
    const data = join(folder, "data");
    await handOver(folder);
    await makeData(data, folder);
    const port = await freePort();
    await appendFile(join(data, "postgresql.conf"), settings(folder, port));
    await handOver(folder);
    const server = await startServer({
      command: join(await postgresPrograms(), "postgres"),
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
      replicate: () => startReplica(pair, port, data),
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

/** Gives a folder and all that is in it to the user that the server runs as. */
async function handOver(folder: string): Promise<void> {
  const user = ownUser();
  if (!user) return;
  const within = await readdir(folder, { recursive: true });
  for (const path of ["", ...within]) await chown(join(folder, path), user.uid, user.gid);
}

const statements = (port: number, login: PostgresLogin, texts: readonly string[]): Promise<unknown> =>
  connected(port, login, async (client) => {
    let first: unknown;
    for (const text of texts) {
      const { rows } = await client.query<unknown[]>({ text, rowMode: "array" });
      first = rows[0]?.[0];
    }
    return first;
  });

async function connected<T>(
  port: number,
  login: PostgresLogin,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({ host: "localhost", port, ...login, connectionTimeoutMillis: 60_000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function runToEnd(name: string, args: readonly string[], cwd: string): Promise<void> {
  const command = join(await postgresPrograms(), name);
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
