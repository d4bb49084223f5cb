import type { Client } from "pg";
import { z } from "zod";
import { recurringWork } from "../config/versions";
import { queues } from "../config/sections/services";
import { databaseAddress } from "../config/database-url";
import { secretKeys } from "../config/secrets";
import { type Settings, usualReplicas } from "../config/settings";
import { type Check, type CheckContext, type Finding, finding } from "./check";
import {
  connectDatabase,
  type DatabaseName,
  reachableCheck,
  refusalFinding,
  refusalOf,
} from "./database-connection";
import { disconnect, NoPostgres } from "./guarded-postgres";

const versionCheck = finding("database.version", "Version of Postgres");
const writableCheck = finding("database.writable", "Database takes changes");
const encodingCheck = finding("database.encoding", "Encoding of the database");
const privilegesCheck = finding("database.privileges", "Privileges in the database");
const rolesCheck = finding("database.roles", "Right to make roles");
const connectionsCheck = finding("database.connections", "Connections to the database");
const sourceCheck = finding("database.replica.source", "Source of the read replica");

/** Versions of Postgres that Spacelift supports. */
const OLDEST = 14;
const NEWEST = 17;

interface DatabaseFindings {
  readonly findings: readonly Finding[];
  readonly identifier?: string | undefined;
}

/**
 * A database that exists: whether the services can log in, its version and encoding, and what the role may do; and whether
 * the read replica is one. Pods connect from elsewhere, so that a way that is closed from here is a warning.
 */
export const databaseCheck: Check = {
  id: "database",
  title: "Database",
  timeoutMs: 60_000,
  skip: ({ secrets }) =>
    secrets.databaseUrl === undefined ? "the database is part of the Azure target" : undefined,
  run: async (context) => {
    const primary = await withDatabase(context, "database", async (client) => ({
      findings: factFindings(await readFacts(client), context.settings),
      identifier: await systemIdentifier(client),
    }));
    const replica = await withDatabase(context, "replica", async (client) => ({
      findings: [
        sourceFinding((await readFacts(client)).standby, primary.identifier, await systemIdentifier(client)),
      ],
    }));
    return [...primary.findings, ...replica.findings];
  },
};

async function withDatabase(
  { files, secrets, settings, signal }: CheckContext,
  name: DatabaseName,
  look: (client: Client) => Promise<DatabaseFindings>,
): Promise<DatabaseFindings> {
  const url = name === "database" ? secrets.databaseUrl : secrets.databaseReadOnlyUrl;
  if (url === undefined) return { findings: [] };
  const reachable = reachableCheck(name);
  const address = databaseAddress(url);
  if (address.namesCa && files.databaseCa === undefined && address.sslMode !== "disable") {
    const reason =
      "the URL names a CA by a path in the pods, so that its certificate cannot be verified here";
    return { findings: [reachable.skipped(reason)] };
  }
  const connection = await connectDatabase(address, files.databaseCa);
  signal.throwIfAborted();
  if ("refusal" in connection) {
    return { findings: [refusalFinding(connection, name, address, settings.target)] };
  }
  const { client, at, encryption } = connection;
  try {
    const { findings, identifier } = await look(client);
    const found = reachable.passed(`${at} accepts the login of ${address.user}, ${encryption}`);
    return { findings: [found, ...findings], identifier };
  } catch (error) {
    signal.throwIfAborted();
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    return { findings: [refusalFinding({ at, refusal }, name, address, settings.target)] };
  } finally {
    await disconnect(client);
  }
}

function sourceFinding(standby: boolean, primary: string | undefined, own: string | undefined): Finding {
  return primary !== undefined && own !== undefined && primary !== own
    ? sourceCheck.warning(
        "`databaseReadOnlyUrl` leads to another server than `databaseUrl`'s and its replicas",
        `let it name a replica of the database, or ${secretKeys.databaseReadOnlyUrl.fix}`,
      )
    : sourceCheck.passed(standby ? "a replica" : "the primary itself");
}

const factsSchema = z.object({
  version: z.string(),
  version_number: z.number(),
  database: z.string(),
  user: z.string(),
  owner: z.string(),
  encoding: z.string(),
  schema: z.string().nullable(),
  creates_schemas: z.boolean(),
  creates_tables: z.boolean(),
  creates_roles: z.boolean(),
  read_only: z.boolean(),
  standby: z.boolean(),
  populated: z.boolean(),
  connection_limit: z.number(),
});

/** What a database tells about itself and about the role that asks. */
type DatabaseFacts = z.output<typeof factsSchema>;

// A limit of -1 is none.
const factsQuery = `
  SELECT current_setting('server_version') AS version,
         current_setting('server_version_num')::int AS version_number,
         d.datname AS database,
         r.rolname AS "user",
         pg_get_userbyid(d.datdba) AS owner,
         pg_encoding_to_char(d.encoding) AS encoding,
         current_schema() AS schema,
         has_database_privilege(d.oid, 'CREATE') AS creates_schemas,
         coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS creates_tables,
         r.rolcreaterole OR r.rolsuper AS creates_roles,
         current_setting('transaction_read_only')::bool AS read_only,
         pg_is_in_recovery() AS standby,
         EXISTS (SELECT FROM pg_tables WHERE schemaname = current_schema()) AS populated,
         least(
           current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
           nullif(d.datconnlimit, -1),
           nullif(r.rolconnlimit, -1)
         ) AS connection_limit
    FROM pg_database d, pg_roles r
   WHERE d.datname = current_database() AND r.rolname = current_user`;

async function readFacts(client: Client): Promise<DatabaseFacts> {
  const { rows } = await client.query<Record<string, unknown>>(factsQuery);
  const facts = factsSchema.safeParse(rows[0]);
  if (!facts.success) throw new NoPostgres();
  return facts.data;
}

/** A number that a database server shares with its replicas and with no other; undefined where it may not be read. */
async function systemIdentifier(client: Client): Promise<string | undefined> {
  try {
    const { rows } = await client.query<{ id: string }>(
      "SELECT system_identifier::text AS id FROM pg_control_system()",
    );
    return rows[0]?.id;
  } catch {
    // Some hosted servers keep the function to themselves; then the comparison is left out.
    return undefined;
  }
}

const factFindings = (facts: DatabaseFacts, settings: Settings): readonly Finding[] => [
  versionFinding(facts),
  writableFinding(facts),
  encodingFinding(facts),
  privilegesFinding(facts),
  rolesFinding(facts),
  connectionsFinding(facts, settings),
];

function versionFinding({ version, version_number }: DatabaseFacts): Finding {
  const major = Math.floor(version_number / 10_000);
  const range = `${OLDEST} to ${NEWEST}`;
  if (major < OLDEST) {
    const fix = `upgrade the server; supported are ${range}`;
    return versionCheck.failed(`Postgres ${version} is older than ${OLDEST}`, fix);
  }
  return major > NEWEST
    ? versionCheck.warning(
        `Postgres ${version} is newer than what Spacelift supports`,
        `use a server of ${range}`,
      )
    : versionCheck.passed(`Postgres ${version}`);
}

function writableFinding({ standby, read_only }: DatabaseFacts): Finding {
  const fix = "let the secret `databaseUrl` name the primary; a replica belongs into `databaseReadOnlyUrl`";
  if (standby) return writableCheck.failed("the server is a standby, which takes no changes", fix);
  return read_only
    ? writableCheck.failed(
        "transactions are read-only by default",
        "set `default_transaction_read_only` to off",
      )
    : writableCheck.passed("the server is a primary");
}

const encodingFinding = ({ encoding, database, owner }: DatabaseFacts): Finding =>
  encoding === "UTF8"
    ? encodingCheck.passed("UTF8")
    : encodingCheck.failed(
        `the database ${database} is encoded in ${encoding}, which cannot be changed`,
        `create another with \`CREATE DATABASE … OWNER ${quoted(owner)} ENCODING 'UTF8' TEMPLATE template0\``,
      );

function privilegesFinding(facts: DatabaseFacts): Finding {
  const { creates_schemas, creates_tables, schema, database, user, owner } = facts;
  const fix = `as an administrator, run \`ALTER DATABASE ${quoted(database)} OWNER TO ${quoted(user)}\``;
  const grant = (where: string): string => `${fix} and \`GRANT ALL ON SCHEMA ${where} TO ${quoted(user)}\``;
  if (schema === null) {
    return privilegesCheck.failed(`${user} finds no schema on its search_path`, grant("public"));
  }
  if (!creates_tables) {
    return privilegesCheck.failed(`${user} may not create tables in ${schema}`, grant(quoted(schema)));
  }
  return creates_schemas
    ? privilegesCheck.passed(user === owner ? `${user} owns ${database}` : `${user} may create what it needs`)
    : privilegesCheck.failed(`${user} may not create schemas in ${database}`, fix);
}

function rolesFinding({ creates_roles, populated, user }: DatabaseFacts): Finding {
  if (creates_roles) return rolesCheck.passed(`${user} may create roles`);
  const fix = `as an administrator, run \`ALTER ROLE ${quoted(user)} CREATEROLE\``;
  // A database in use has seen the first migrations, and not every release creates roles.
  return populated
    ? rolesCheck.warning(`${user} may not create roles, which a migration may want to`, fix)
    : rolesCheck.failed(`${user} may not create roles, as the migrations do`, fix);
}

function connectionsFinding({ connection_limit: limit }: DatabaseFacts, settings: Settings): Finding {
  const { server, drain, scheduler } = settings.services;
  const usual = usualReplicas(settings);
  const pods = ({ replicas = usual }: { readonly replicas?: number | undefined }): number => replicas;
  // Each queue has one receiver unless more are chosen.
  const receivers = queues.reduce((sum, queue) => sum + (drain.concurrency[queue] ?? 1), 0);
  const hasScheduler = recurringWork(settings.version, settings.charts.spacelift.version) === "scheduler";
  const wanted = pods(server) + (hasScheduler ? pods(scheduler) : 0) + pods(drain) * receivers;
  return limit < wanted
    ? connectionsCheck.warning(
        `the role gets at most ${limit} connections; pods and the receivers of the drain can use ${wanted} at once`,
        "raise `max_connections` or the limit of the role or database, or lower `services.*.replicas`",
      )
    : connectionsCheck.passed(`up to ${limit}, of which pods and receivers use at least ${wanted}`);
}

/** A name as SQL has it. */
const quoted = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;
