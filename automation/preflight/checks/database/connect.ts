import type { ConnectionOptions } from "node:tls";
import { Client, DatabaseError } from "pg";
import { type ConnectionProblem, connectionProblem } from "../../../../peers/connection-problem";
import { goServerIdentity } from "../../../../peers/server-identity";
import { publicCas } from "../../../../peers/trust";
import type { DatabaseAddress } from "./address";

const CONNECT_MS = 5_000;

/** Why there is no connection: none of the network or of TLS, or one that Postgres gave by its code. */
export type Refusal =
  ConnectionProblem | { readonly kind: "server"; readonly code: string; readonly reason: string };

/** A connection, or why there is none, and the host it is about. */
export type Connection = { readonly at: string } & (
  { readonly client: Client; readonly encryption: string } | { readonly refusal: Refusal }
);

interface Way {
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
  for (const { host, port } of address.hosts) {
    const at = `${host}:${port}`;
    for (const way of waysTo(host, address, ca)) {
      const connection = await connect(at, { host, port }, address, way);
      if ("client" in connection) return connection;
      last = connection;
      // Without TLS is for servers that have none, not for those that refuse the password.
      if (connection.refusal.kind === "server") break;
    }
  }
  if (!last) throw new Error("bug: a database URL without a host passed the checks");
  return last;
}

function waysTo(host: string, { sslMode }: DatabaseAddress, ca: string | undefined): readonly Way[] {
  const plain: Way = { ssl: false, encryption: "without TLS" };
  const blind: Way = { ssl: { host, rejectUnauthorized: false }, encryption: "with TLS, not verified" };
  const cas = [...publicCas(...(ca === undefined ? [] : [ca]))];
  const chain: Way = {
    ssl: { host, ca: ca ?? cas, checkServerIdentity: () => undefined },
    encryption: "with TLS, its CA verified",
  };
  switch (sslMode) {
    case "disable":
      return [plain];
    case "allow":
      return [plain, blind];
    case "prefer":
      return [blind, plain];
    // A CA makes `require` mean `verify-ca`, as in libpq.
    case "require":
      return [ca === undefined ? blind : chain];
    case "verify-ca":
      return [chain];
    case "verify-full":
      return [
        {
          ssl: { host, ca: ca ?? cas, checkServerIdentity: goServerIdentity },
          encryption: "with TLS, verified",
        },
      ];
  }
}

async function connect(
  at: string,
  target: { readonly host: string; readonly port: number },
  { user, password, database }: DatabaseAddress,
  { ssl, encryption }: Way,
): Promise<Connection> {
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
    await client.connect();
    return { at, client, encryption };
  } catch (error) {
    await client.end().catch(() => undefined);
    return { at, refusal: refusalOf(error) };
  }
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof DatabaseError) {
    return { kind: "server", code: error.code ?? "", reason: error.message };
  }
  const message = error instanceof Error ? error.message : "";
  if (/does not support SSL/.test(message)) {
    return { kind: "certificate", untrusted: false, reason: "offers no TLS" };
  }
  if (/timeout expired/.test(message)) {
    return { kind: "network", untrusted: false, reason: "does not answer in time" };
  }
  return connectionProblem(error);
}
