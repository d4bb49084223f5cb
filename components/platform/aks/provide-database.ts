import * as pulumi from "@pulumi/pulumi";
import { defined } from "../../json";
import { serviceDatabaseUrl } from "../database-url";
import type { DatabasePlatform, SecretString } from "../platform";
import type { AksPlatformArgs } from "./args";
import { Database } from "./database";
import type { Network } from "./network";
import type { FixedNames, SeededNames } from "./names";
import type { Owner } from "./provide-cluster";
import type { AzureScope } from "./scope";

/** What a database is provided from. */
export interface DatabaseContext {
  readonly args: AksPlatformArgs;
  readonly scope: AzureScope;
  readonly names: FixedNames;
  readonly seeded: { readonly [Name in keyof SeededNames]: pulumi.Output<string> };
  readonly network: Network | undefined;
}

/** A database, and the component that made it, if one did. */
export interface ProvidedDatabase {
  readonly platform: DatabasePlatform;
  readonly made: Database | undefined;
}

/** Makes the database or takes the one that is there. */
export function provideDatabase(owner: Owner, context: DatabaseContext): ProvidedDatabase {
  const { args, scope, names, seeded, network } = context;
  const { database, protectData } = args;
  if ("url" in database) {
    const prepare = (url: SecretString): SecretString =>
      pulumi.secret(url.apply((given) => serviceDatabaseUrl(given, false)));
    const platform = defined({
      url: prepare(database.url),
      readOnlyUrl: database.readOnlyUrl && prepare(database.readOnlyUrl),
    });
    return { platform, made: undefined };
  }
  const { zone, domain, ...options } = database;
  const { subnetId, networkId } = subnetOf(owner, context);
  const made = new Database(
    owner.child("database"),
    {
      scope,
      serverName: seeded.databaseServer,
      replicaName: seeded.databaseReplica,
      subnetId,
      subnetReady: network?.databaseReady ?? [],
      zone: defined({
        given: zone,
        name: pulumi.interpolate`${seeded.databaseZoneLabel}.private.${domain}`,
        // The operator's own network is linked to the operator's own zone already.
        linkTo: zone && !network ? undefined : { networkId, linkName: names.network },
      }),
      protectData,
      ...options,
    },
    owner.inAzure,
  );
  return { platform: defined({ url: made.url, readOnlyUrl: made.readOnlyUrl }), made };
}

function subnetOf(
  owner: Owner,
  { args, network }: DatabaseContext,
): { readonly subnetId: pulumi.Input<string>; readonly networkId: pulumi.Input<string> } {
  if (network?.databaseSubnetId) {
    return { subnetId: network.databaseSubnetId, networkId: network.networkId };
  }
  const given = "addressSpace" in args.network ? undefined : args.network.databaseSubnetId;
  if (given === undefined) {
    throw new pulumi.ResourceError("a database that is made needs a subnet", owner.resource, true);
  }
  return { subnetId: given, networkId: given.split("/").slice(0, -2).join("/") };
}
