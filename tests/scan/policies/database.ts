import { type Inventory, type RecordedResource, SecretValue } from "../../support/inventory";
import { type Policy, azure, fixed, inputAt } from "./policy";

/** The servers that are written to: a replica has neither backups nor a standby of its own. */
const primaries = (inventory: Inventory): readonly RecordedResource[] =>
  inventory.all(azure.server).filter((server) => inputAt(server, "createMode") === "Default");

/** Policies about the database, whatever the size. */
export const databasePolicies: readonly Policy[] = [
  fixed("keeps the database off public networks", azure.server, {
    "network.publicNetworkAccess": "Disabled",
  }),
  {
    title: "puts the database into a subnet, under a private name",
    violations: (inventory) =>
      inventory
        .all(azure.server)
        .flatMap((server) =>
          ["network.delegatedSubnetResourceId", "network.privateDnsZoneArmResourceId"]
            .filter((path) => inputAt(server, path) === undefined)
            .map((path) => `${server.name}: has no ${path}`),
        ),
  },
  {
    title: "backs up a protected database of a supported version, under a secret password",
    violations: (inventory) =>
      primaries(inventory).flatMap((server) =>
        [
          Number(inputAt(server, "backup.backupRetentionDays")) >= 7 ? "" : "has too few days of backups",
          Number(inputAt(server, "version")) >= 15 ? "" : "has an old version",
          server.options.protect ? "" : "is not protected",
          inputAt(server, "administratorLoginPassword") instanceof SecretValue ? "" : "has an open password",
        ]
          .filter((what) => what !== "")
          .map((what) => `${server.name}: ${what}`),
      ),
  },
];

/** Policies that an installation for production keeps besides. */
export const productionPolicies: readonly Policy[] = [
  {
    title: "has a standby database in another zone, and a month of backups",
    violations: (inventory) =>
      primaries(inventory).flatMap((server) => [
        ...(inputAt(server, "highAvailability.mode") === "ZoneRedundant"
          ? []
          : [`${server.name}: has no standby in another zone`]),
        ...(Number(inputAt(server, "backup.backupRetentionDays")) >= 30
          ? []
          : [`${server.name}: has too few days of backups`]),
      ]),
  },
];
