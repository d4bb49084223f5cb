import type { Client } from "pg";
import { z } from "zod";

const schema = z.object({
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
export type DatabaseFacts = z.output<typeof schema>;

// A limit of -1 is none.
const query = `
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

/** Asks all at once; changes nothing. */
export async function databaseFacts(client: Client): Promise<DatabaseFacts> {
  const { rows } = await client.query<Record<string, unknown>>(query);
  return schema.parse(rows[0]);
}

/** A number that a database server shares with its replicas and with no other; undefined where it may not be read. */
export async function systemIdentifier(client: Client): Promise<string | undefined> {
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
