import { z } from "zod";
import { exampleId, guid, ipv4Range, resourceId, vmSize, weekdays } from "../formats";
import { field, line } from "../../formats";
import { bySize, defaults } from "../sizes";

const account = "Microsoft.Storage/storageAccounts";

/** Steps in which the disk of a server grows, in GB. */
const diskSizes = [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32767] as const;

const reservedLogins = [
  "azure_superuser",
  "azure_pg_admin",
  "admin",
  "administrator",
  "root",
  "guest",
  "public",
];

const entraAdmin = z.strictObject({
  objectId: field(guid, "Object id of the administrator.", "00000000-0000-0000-0000-000000000000"),
  principalName: field(line, "Name of the administrator.", "database-admins"),
  principalType: field(z.enum(["User", "Group", "ServicePrincipal"]).default("Group"), "What it is."),
});

/** `spacelift:aks.database`: the PostgreSQL server, unless the secret `databaseUrl` names an existing one. */
export const database = z.strictObject({
  version: field(
    z.literal([15, 16, 17]).optional(),
    `Major version of PostgreSQL, never to be lowered. Default: ${defaults.postgresVersion}.`,
    defaults.postgresVersion,
  ),
  sku: field(
    vmSize.optional(),
    `Size of the server. Default: ${bySize((size) => size.database.sku)}.`,
    "Standard_D4ds_v5",
  ),
  storageGb: field(
    z
      .number()
      .refine((size) => diskSizes.some((each) => each === size), `must be one of ${diskSizes.join(", ")}`)
      .optional(),
    `Disk in GB, never to be lowered. It grows by itself; then enter what it has become. Default: ${bySize((size) => size.database.storageGb)}.`,
    128,
  ),
  backupDays: field(
    z.number().int().min(7).max(35).optional(),
    `Days that backups are kept. Default: ${bySize((size) => size.database.backupDays)}.`,
    35,
  ),
  geoRedundantBackup: field(
    z.boolean().optional(),
    "Copy backups to the paired region; decided when the server is created. Default: on for size `ha`, where there is a pair.",
    true,
  ),
  highAvailability: field(
    z.enum(["Disabled", "SameZone", "ZoneRedundant"]).optional(),
    `Standby server. Default: ${bySize((size) => (size.database.highAvailability ? "`ZoneRedundant`" : "`Disabled`"))}, or \`SameZone\` in regions without zones.`,
    "ZoneRedundant",
  ),
  readReplica: field(z.boolean().default(false), "Make a read replica, for what reads alone."),
  maintenance: field(
    z
      .strictObject({
        day: field(z.enum(weekdays).default("Saturday"), "Day of maintenance."),
        hour: field(z.number().int().min(0).max(23).default(3), "Hour it begins, UTC."),
      })
      .prefault({}),
    "When Azure may patch the server.",
  ),
  parameters: field(
    z
      .record(z.string().regex(/^[a-z][a-z0-9_.]*$/, "must be the name of a parameter"), z.string())
      .default({}),
    "Server parameters, set one after another. Values are strings. Some take effect when the server is restarted.",
    { log_connections: "on" },
  ),
  entraAdmin: field(entraAdmin.optional(), "Administrator that logs in with Entra ID.", {
    objectId: "00000000-0000-0000-0000-000000000000",
    principalName: "database-admins",
  }),
  name: field(
    z
      .string()
      .regex(/^[a-z_][\w-]{0,62}$/, "must be 1 to 63 letters, digits, `_` and `-`, beginning in lower case")
      .refine(
        (name) => !["postgres", "azure_maintenance", "azure_sys"].includes(name),
        "must not be a database of the server's own",
      )
      .optional(),
    `Name of the database. Default: ${defaults.databaseName}.`,
    defaults.databaseName,
  ),
  adminLogin: field(
    z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,62}$/, "must be 1 to 63 lower-case letters, digits and `_`, a letter first")
      .refine(
        (name) => !reservedLogins.includes(name) && !name.startsWith("pg_"),
        "must not be a name that PostgreSQL or Azure keeps for itself",
      )
      .optional(),
    `Login of the server's administrator. Default: ${defaults.databaseName}. Not to be changed later.`,
    defaults.databaseName,
  ),
});

/** `spacelift:aks.storage`: the storage account to create, or an existing one. */
export const storage = z.strictObject({
  accountId: field(
    resourceId(account).optional(),
    "Storage account of yours. Containers are created in it; its settings and retention stay yours.",
    exampleId(account, "corporatespacelift"),
  ),
  sku: field(
    z
      .enum([
        "Standard_LRS",
        "Standard_ZRS",
        "Standard_GRS",
        "Standard_RAGRS",
        "Standard_GZRS",
        "Standard_RAGZRS",
      ])
      .optional(),
    `Replication. Default: ${bySize(({ storageSku }) => `\`${storageSku}\``)}; what the region lacks is left out.`,
    "Standard_ZRS",
  ),
  softDeleteDays: field(
    z.number().int().min(1).max(365).optional(),
    `Days in which deleted objects can be brought back. Default: ${bySize((size) => size.softDeleteDays)}.`,
    30,
  ),
  allowSharedKeys: field(
    z.boolean().default(false),
    "Let the account's keys be used. Spacelift needs none: it signs with its workload identity.",
  ),
  allowedRanges: field(
    z.array(ipv4Range).optional(),
    "Public ranges of browsers and workers; others are refused. Default: the account can be reached from everywhere.",
    ["203.0.113.0/24"],
  ),
});
