import { type Finding, type FindingName, failed, passed, warning } from "../../check";
import { recurringWork } from "../../../../config/versions";
import { queues } from "../../../../config/sections/services";
import { type Settings, usualReplicas } from "../../../../config/settings";
import type { DatabaseFacts } from "./facts";

const OLDEST = 14;
const NEWEST = 17;

const name = (aspect: string, title: string): FindingName => ({ id: `database.${aspect}`, title });

/** Says what is good and bad about a database for Spacelift. */
export function judgeDatabase(facts: DatabaseFacts, settings: Settings): readonly Finding[] {
  return [
    version(facts),
    writable(facts),
    encoding(facts),
    privileges(facts),
    roles(facts),
    connections(facts, settings),
  ];
}

function version({ version: full, version_number }: DatabaseFacts): Finding {
  const it = name("version", "Version of Postgres");
  const major = Math.floor(version_number / 10_000);
  const range = `${OLDEST} to ${NEWEST}`;
  if (major < OLDEST) {
    return failed(
      it,
      `Postgres ${full} is older than ${OLDEST}`,
      `upgrade the server; supported are ${range}`,
    );
  }
  return major > NEWEST
    ? warning(it, `Postgres ${full} is newer than what Spacelift supports`, `use a server of ${range}`)
    : passed(it, `Postgres ${full}`);
}

function writable({ standby, read_only }: DatabaseFacts): Finding {
  const it = name("writable", "Database takes changes");
  const fix = "let the secret `databaseUrl` name the primary; a replica belongs into `databaseReadOnlyUrl`";
  if (standby) return failed(it, "the server is a standby, which takes no changes", fix);
  return read_only
    ? failed(it, "transactions are read-only by default", "set `default_transaction_read_only` to off")
    : passed(it, "the server is a primary");
}

function encoding({ encoding: found, database, owner }: DatabaseFacts): Finding {
  const it = name("encoding", "Encoding of the database");
  return found === "UTF8"
    ? passed(it, "UTF8")
    : failed(
        it,
        `the database ${database} is encoded in ${found}, which cannot be changed`,
        `create another with \`CREATE DATABASE … OWNER ${quoted(owner)} ENCODING 'UTF8' TEMPLATE template0\``,
      );
}

function privileges({
  creates_schemas,
  creates_tables,
  schema,
  database,
  user,
  owner,
}: DatabaseFacts): Finding {
  const it = name("privileges", "Privileges in the database");
  const fix = `as an administrator, run \`ALTER DATABASE ${quoted(database)} OWNER TO ${quoted(user)}\``;
  const grant = (where: string): string => `${fix} and \`GRANT ALL ON SCHEMA ${where} TO ${quoted(user)}\``;
  if (schema === null) {
    return failed(it, `${user} finds no schema on its search_path`, grant("public"));
  }
  if (!creates_tables) return failed(it, `${user} may not create tables in ${schema}`, grant(quoted(schema)));
  if (!creates_schemas) return failed(it, `${user} may not create schemas in ${database}`, fix);
  return passed(it, user === owner ? `${user} owns ${database}` : `${user} may create what it needs`);
}

function roles({ creates_roles, populated, user }: DatabaseFacts): Finding {
  const it = name("roles", "Right to make roles");
  if (creates_roles) return passed(it, `${user} may make roles`);
  const fix = `as an administrator, run \`ALTER ROLE ${quoted(user)} CREATEROLE\``;
  // A database in use has seen the first migrations, and not every release makes roles.
  return populated
    ? warning(it, `${user} may not make roles, which a migration may want to`, fix)
    : failed(it, `${user} may not make roles, as the migrations do`, fix);
}

function connections({ connection_limit: limit }: DatabaseFacts, settings: Settings): Finding {
  const it = name("connections", "Connections to the database");
  const { version, charts } = settings;
  const { server, drain, scheduler } = settings.services;
  const usual = usualReplicas(settings);
  const pods = ({ replicas = usual }: { readonly replicas?: number | undefined }): number => replicas;
  // Each queue has one receiver unless more are chosen.
  const receivers = queues.reduce((sum, queue) => sum + (drain.concurrency[queue] ?? 1), 0);
  const hasScheduler = recurringWork(version, charts.spacelift.version) === "scheduler";
  const wanted = pods(server) + (hasScheduler ? pods(scheduler) : 0) + pods(drain) * receivers;
  return limit < wanted
    ? warning(
        it,
        `the role gets at most ${limit} connections; pods and the receivers of the drain can use ${wanted} at once`,
        "raise `max_connections` or the limit of the role or database, or lower `services.*.replicas`",
      )
    : passed(it, `up to ${limit}, of which pods and receivers use at least ${wanted}`);
}

/** A name as SQL has it. */
const quoted = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;
