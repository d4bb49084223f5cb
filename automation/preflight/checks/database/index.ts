import {
  type Check,
  type CheckContext,
  type Finding,
  type FindingName,
  passed,
  skipped,
  warning,
} from "../../check";
import { secretKeys } from "../../../../config/secrets";
import { type DatabaseAddress, databaseAddress } from "./address";
import { type Connection, connectDatabase } from "./connect";
import { databaseFacts, systemIdentifier } from "./facts";
import { judgeDatabase } from "./judge";
import { refused } from "./refused";

type Connected = Extract<Connection, { readonly client: unknown }>;

/** What a look at one database found. */
interface Look {
  readonly findings: readonly Finding[];
  readonly identifier?: string | undefined;
}

/**
 * Looks at a database that is given: whether it lets the services in, its version and encoding, and what the role may do;
 * and whether the read replica is one. Pods connect from elsewhere, so that a way that is closed from here is a warning.
 */
export const databaseCheck: Check = {
  id: "database",
  title: "Database",
  timeoutMs: 60_000,
  skip: ({ secrets }) =>
    secrets.databaseUrl === undefined ? "the database is part of the Azure target" : undefined,
  run: async (context) => {
    const { databaseUrl, databaseReadOnlyUrl } = context.secrets;
    const primary = await look(context, databaseUrl, "databaseUrl", async ({ client }) => ({
      findings: judgeDatabase(await databaseFacts(client), context.settings),
      identifier: await systemIdentifier(client),
    }));
    const replica = await look(context, databaseReadOnlyUrl, "databaseReadOnlyUrl", async ({ client }) => ({
      findings: [
        source((await databaseFacts(client)).standby, primary.identifier, await systemIdentifier(client)),
      ],
    }));
    return [...primary.findings, ...replica.findings];
  },
};

async function look(
  { files, settings, signal }: CheckContext,
  url: string | undefined,
  key: "databaseUrl" | "databaseReadOnlyUrl",
  examine: (connected: Connected) => Promise<Look>,
): Promise<Look> {
  if (url === undefined) return { findings: [] };
  const prefix = key === "databaseUrl" ? "database" : "database.replica";
  const subject = key === "databaseUrl" ? "database" : "read replica";
  const reachable: FindingName = { id: `${prefix}.reachable`, title: `Connection to the ${subject}` };
  const address = databaseAddress(url);
  if (isVerifiedElsewhere(address, files.databaseCa)) {
    const reason =
      "the URL names a CA by a path in the pods, so that its certificate cannot be verified here";
    return { findings: [skipped(reachable, reason)] };
  }
  const connection = await connectDatabase(address, files.databaseCa);
  signal.throwIfAborted();
  if ("refusal" in connection)
    return { findings: [refused(connection, { prefix, subject, key, address, target: settings.target })] };
  const { client, at, encryption } = connection;
  try {
    const { findings, identifier } = await examine(connection);
    return {
      findings: [passed(reachable, `${at} lets ${address.user} in, ${encryption}`), ...findings],
      identifier,
    };
  } finally {
    await client.end();
  }
}

const isVerifiedElsewhere = ({ namesCa, sslMode }: DatabaseAddress, ca: string | undefined): boolean =>
  namesCa && ca === undefined && sslMode !== "disable";

function source(standby: boolean, primary: string | undefined, own: string | undefined): Finding {
  const it: FindingName = { id: "database.replica.source", title: "Source of the read replica" };
  const fix = `let it name a replica of the database, or ${secretKeys.databaseReadOnlyUrl.fix}`;
  if (primary !== undefined && own !== undefined && primary !== own) {
    return warning(
      it,
      "`databaseReadOnlyUrl` leads to another server than `databaseUrl`'s and its replicas",
      fix,
    );
  }
  return passed(it, standby ? "a replica" : "the primary itself");
}
