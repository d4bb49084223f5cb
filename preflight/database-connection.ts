import type { ConnectionOptions } from "node:tls";
import { Client, DatabaseError } from "pg";
import { setCommand } from "../config/problems";
import type { DatabaseAddress, DatabaseHost } from "../config/database-url";
import { secretKeys } from "../config/secrets";
import type { Settings } from "../config/settings";
import { type ConnectionProblem, connectionProblem } from "../peers/connection";
import { goServerIdentity, publicCas } from "../peers/trust";
import { type Finding, finding, type FindingBuilder } from "./check";
import { disconnect, guard, postgresProblem } from "./guarded-postgres";

const CONNECT_MS = 5_000;
const MOST_SHOWN = 300;

/** Why there is no connection: none of the network or of TLS, or one that Postgres gave by its code. */
type Refusal =
  ConnectionProblem | { readonly kind: "server"; readonly code: string; readonly reason: string };

/** A connection, or why there is none, and the host it is about. */
export type Connection = { readonly at: string } & (
  { readonly client: Client; readonly encryption: string } | { readonly refusal: Refusal }
);

interface Encryption {
  readonly ssl: ConnectionOptions | false;
  /** For people. */
  readonly encryption: string;
}

/**
 * Connects as the services do: host after host, with TLS as `sslmode` has it.
 *
 * @param ca CA of the server, PEM
 */
export async function connectDatabase(address: DatabaseAddress, ca: string | undefined): Promise<Connection> {
  let last: Connection | undefined;
  for (const host of address.hosts) {
    for (const encryption of encryptions(host.host, address, ca)) {
      const connection = await connect(host, address, encryption);
      if ("client" in connection) return connection;
      last = connection;
      // Without TLS is for servers that have none, not for those that refuse the password.
      if (connection.refusal.kind === "server") break;
    }
  }
  if (!last) throw new Error("bug: a database URL without a host passed the checks");
  return last;
}

/** Ways to encrypt, in the order in which they are tried. */
function encryptions(
  host: string,
  { sslMode }: DatabaseAddress,
  ca: string | undefined,
): readonly Encryption[] {
  const trusted = ca ?? [...publicCas()];
  const plain = { ssl: false, encryption: "without TLS" } as const;
  const unverified = { ssl: { host, rejectUnauthorized: false }, encryption: "with TLS, not verified" };
  const chain = {
    ssl: { host, ca: trusted, checkServerIdentity: () => undefined },
    encryption: "with TLS, its CA verified",
  };
  switch (sslMode) {
    case "disable":
      return [plain];
    case "allow":
      return [plain, unverified];
    case "prefer":
      return [unverified, plain];
    // A CA makes `require` mean `verify-ca`, as in libpq.
    case "require":
      return [ca === undefined ? unverified : chain];
    case "verify-ca":
      return [chain];
    case "verify-full": {
      const ssl = { host, ca: trusted, checkServerIdentity: goServerIdentity };
      return [{ ssl, encryption: "with TLS, verified" }];
    }
  }
}

async function connect(
  target: DatabaseHost,
  { user, password, database }: DatabaseAddress,
  { ssl, encryption }: Encryption,
): Promise<Connection> {
  const at = `${target.host}:${target.port}`;
  const client = new Client({
    ...target,
    user,
    password,
    database,
    ssl,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: CONNECT_MS,
    application_name: "spacelift-preflight",
  });
  // A connection that breaks later is told by the query on it; without a listener it would end the process.
  client.on("error", () => undefined);
  try {
    const connecting = client.connect();
    guard(client, ssl !== false);
    await connecting;
    return { at, client, encryption };
  } catch (error) {
    await disconnect(client);
    return { at, refusal: refusalOf(error) ?? connectionProblem(error) };
  }
}

/** Why a server does not do what it is asked; undefined for an error that is none of a server. */
export const refusalOf = (error: unknown): Refusal | undefined =>
  error instanceof DatabaseError
    ? { kind: "server", code: error.code ?? "", reason: error.message.slice(0, MOST_SHOWN) }
    : postgresProblem(error);

/** The two databases of a configuration. */
const names = {
  database: { prefix: "database", subject: "database", key: "databaseUrl" },
  replica: { prefix: "database.replica", subject: "read replica", key: "databaseReadOnlyUrl" },
} as const;

export type DatabaseName = keyof typeof names;

/** Whether a database can be connected to. */
export const reachableCheck = (name: DatabaseName): FindingBuilder =>
  finding(`${names[name].prefix}.reachable`, `Connection to the ${names[name].subject}`);

/** Says why a database refuses the services, and what helps. */
export function refusalFinding(
  { at, refusal }: Extract<Connection, { readonly refusal: unknown }>,
  name: DatabaseName,
  address: DatabaseAddress,
  target: Settings["target"],
): Finding {
  const { prefix, subject, key } = names[name];
  const reason = `${at} ${refusal.reason}`;
  switch (refusal.kind) {
    case "network":
      return reachableCheck(name).warning(
        reason,
        `see that the ${subject} is up and \`${key}\` right; if only the cluster reaches it, see that the pods do`,
      );
    case "certificate":
      return finding(`${prefix}.certificate`, `Certificate of the ${subject}`).failed(
        reason,
        certificateFix(refusal, target),
      );
    case "server": {
      const check = finding(`${prefix}.login`, `Login to the ${subject}`);
      const [told, fix, mayDiffer] = explain(refusal.code, refusal.reason, secretKeys[key].fix, address);
      // What the server holds against this machine it need not hold against the pods.
      return check[mayDiffer ? "warning" : "failed"](`${at} refuses ${address.user}: ${told}`, fix);
    }
  }
}

function certificateFix({ untrusted, reason }: ConnectionProblem, target: Settings["target"]): string {
  if (reason === "offers no TLS") {
    return "switch TLS on in the server (`ssl = on`), or choose another `sslmode`";
  }
  if (!untrusted) {
    return "give the server a valid certificate for the name in the URL, or `sslmode=verify-ca` when only the name differs";
  }
  return target === "onprem"
    ? setCommand("onprem.database.caCertificate", "./postgres-ca.pem")
    : "give the server a certificate of a public CA, or `sslmode=require`, which verifies nothing";
}

/** What an error code of Postgres means. */
function explain(
  code: string,
  message: string,
  fix: string,
  { database, user }: DatabaseAddress,
): readonly [told: string, fix: string, mayDiffer: boolean] {
  switch (code) {
    case "28P01":
      return ["the password is wrong", fix, false];
    case "28000":
      if (!/pg_hba/.test(message)) return [message, `create the role, with LOGIN, or ${fix}`, false];
      return [
        message,
        "add a line for the pods' addresses to pg_hba.conf; it may lack one for this machine alone",
        true,
      ];
    case "3D000":
      return [message, `run \`CREATE DATABASE "${database}" OWNER "${user}"\`, or ${fix}`, false];
    case "53300":
      return [message, "raise `max_connections`, or end connections that idle", true];
    case "57P03":
      return [message, "try again when the server has started", true];
    default:
      return [message, `see the server's log, or ${fix}`, false];
  }
}
