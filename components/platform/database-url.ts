import * as pulumi from "@pulumi/pulumi";
import type { DatabasePlatform, SecretString } from "./platform";

/** Folder in the pods that holds the CA of the database. */
export const databaseCaDirectory = "/etc/spacelift/database-ca";

/** File in the pods that holds the CA of the database. */
export const databaseCaFile = `${databaseCaDirectory}/ca.pem`;

/** Adds a parameter to a database URL, unless it has it already. */
function withParameter(url: string, name: string, value: string): string {
  if (new RegExp(`[?&]${name}=`).test(url)) return url;
  return `${url}${url.includes("?") ? "&" : "?"}${name}=${value}`;
}

/**
 * The URL the services get: as given, with the driver's statement cache off (as the guide has it: a cache breaks
 * behind PgBouncer and across migrations) and with the mounted CA named when there is one.
 */
export function serviceDatabaseUrl(url: string, hasCa: boolean): string {
  const plain = withParameter(url, "statement_cache_capacity", "0");
  return hasCa ? withParameter(plain, "sslrootcert", databaseCaFile) : plain;
}

/** An existing database as the services connect to it. */
export function preparedDatabase({ url, readOnlyUrl, caCertificate }: DatabasePlatform): DatabasePlatform {
  const prepare = (plain: SecretString): SecretString =>
    pulumi.secret(plain.apply((known) => serviceDatabaseUrl(known, caCertificate !== undefined)));
  return { url: prepare(url), readOnlyUrl: readOnlyUrl && prepare(readOnlyUrl), caCertificate };
}
