import * as pulumi from "@pulumi/pulumi";
import type { ExistingNetwork } from "../../../config/aks/parts";
import { parentId } from "../../../config/aks/formats";
import { type DatabasePlatform, preparedDatabase } from "../platform";
import type { AksPlatformArgs } from "./args";
import { Database } from "./database";
import type { Network } from "./network";
import type { FixedNames, SeededNames } from "./names";
import type { Owner } from "./provide-cluster";
import type { AzureScope } from "./scope";

export interface DatabaseContext {
  readonly args: AksPlatformArgs;
  readonly scope: AzureScope;
  readonly names: FixedNames;
  readonly seeded: { readonly [Name in keyof SeededNames]: pulumi.Output<string> };
  readonly network: Network | ExistingNetwork;
}

/** A database, and the component that created it, if one did. */
export interface ProvidedDatabase {
  readonly platform: DatabasePlatform;
  readonly created: Database | undefined;
}

/** Creates the database, or prepares the URLs of the existing one. */
export function provideDatabase(owner: Owner, context: DatabaseContext): ProvidedDatabase {
  const { args, scope, names, seeded, network } = context;
  const { database, protectData } = args;
  if (database.kind === "existing") return { platform: preparedDatabase(database), created: undefined };
  const { zone, domain } = database;
  const { databaseSubnetId: subnetId } = network;
  if (subnetId === undefined) {
    throw new pulumi.ResourceError("a new database needs a subnet", owner.resource, true);
  }
  const networkId = network.kind === "new" ? network.networkId : parentId(network.databaseSubnetId ?? "");
  const created = new Database(
    owner.child("database"),
    {
      ...database,
      scope,
      serverName: seeded.databaseServer,
      replicaName: seeded.databaseReplica,
      subnetId,
      subnetReady: network.kind === "new" ? network.databaseReady : [],
      zone:
        zone.kind === "existing"
          ? zone
          : { kind: "new", name: pulumi.interpolate`${seeded.databaseZoneLabel}.private.${domain}` },
      // The operator's own network is linked to the operator's own zone already.
      linkTo:
        zone.kind === "existing" && network.kind === "existing"
          ? undefined
          : { networkId, linkName: names.network },
      protectData,
    },
    owner.inAzure,
  );
  return { platform: { url: created.url, readOnlyUrl: created.readOnlyUrl }, created };
}
