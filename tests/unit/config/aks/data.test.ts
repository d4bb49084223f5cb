import { configuredAks, givenIds } from "../../../support/azure-configurations";
import { samples } from "../../../support/configurations";
import { rejects, section, wrongFrom } from "../../../support/wrong-configurations";

const wrong = wrongFrom(configuredAks);
const aks = section("aks");
const database = section("aks", "database");
const storage = section("aks", "storage");
const registry = section("aks", "registry");

describe("rules of what holds data on Azure", () => {
  rejects([
    wrong(
      "an expiry of the versions of states, which Azure counts from when they were written",
      section("buckets")({ states: { expireNoncurrentAfterDays: 30 } }),
      "`spacelift:buckets.states.expireNoncurrentAfterDays`: must not be set on Azure, which counts the days of a version from when it was written: the only version before the present one could be deleted the day after it was overwritten; run `pulumi config rm --path spacelift:buckets.states.expireNoncurrentAfterDays`",
    ),
    wrong(
      "a version of PostgreSQL that is retired",
      database({ version: 14 }),
      "`spacelift:aks.database.version`: must be one of 15, 16, 17, got 14; run `pulumi config set --path spacelift:aks.database.version 17`",
    ),
    wrong(
      "a standby for a burstable server",
      database({ sku: "Standard_B2s", highAvailability: "ZoneRedundant" }),
      '`spacelift:aks.database.highAvailability`: must be Disabled with the burstable size Standard_B2s, got "ZoneRedundant"; run `pulumi config set --path spacelift:aks.database.sku Standard_D4ds_v5`, or run `pulumi config set --path spacelift:aks.database.highAvailability Disabled`',
    ),
    wrong(
      "a standby in another zone where there is none",
      aks({ location: "westus", database: { highAvailability: "ZoneRedundant" } }),
      "`spacelift:aks.database.highAvailability`: must be SameZone or Disabled: westus has no availability zones; run `pulumi config set --path spacelift:aks.database.highAvailability SameZone`",
    ),
    wrong(
      "backups in a pair that the region lacks",
      aks({ location: "polandcentral", database: { geoRedundantBackup: true } }),
      "`spacelift:aks.database.geoRedundantBackup`: must be false: polandcentral has no paired region; run `pulumi config set --path spacelift:aks.database.geoRedundantBackup false`",
    ),
    wrong(
      "a backup before upgrades of a burstable server",
      { aks: { size: "dev" }, upgrade: { backup: true } },
      "`spacelift:upgrade.backup`: asks for a backup that Azure does not take of a burstable server, as Standard_B2s; run `pulumi config rm --path spacelift:upgrade.backup`: its automatic backups reach back 7 days; or run `pulumi config set --path spacelift:aks.database.sku Standard_D4ds_v5`",
    ),
    wrong(
      "a replica of a burstable server",
      aks({ size: "dev", database: { readReplica: true } }),
      "`spacelift:aks.database.readReplica`: must be false with the burstable size Standard_B2s, which takes no replica; run `pulumi config set --path spacelift:aks.database.sku Standard_D4ds_v5`, or run `pulumi config rm --path spacelift:aks.database.readReplica`",
    ),
    wrong(
      "a disk of a size Azure does not have",
      database({ storageGb: 100 }),
      "`spacelift:aks.database.storageGb`: must be one of 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32767, got 100; run `pulumi config set --path spacelift:aks.database.storageGb 128`",
    ),
    wrong(
      "backups for too many days",
      database({ backupDays: 90 }),
      "`spacelift:aks.database.backupDays`: must be at most 35, got 90; run `pulumi config set --path spacelift:aks.database.backupDays 35`",
    ),
    wrong(
      "an administrator's name that Azure keeps",
      database({ adminLogin: "admin" }),
      '`spacelift:aks.database.adminLogin`: must not be a name that PostgreSQL or Azure keeps for itself, got "admin"; run `pulumi config set --path spacelift:aks.database.adminLogin spacelift`',
    ),
    wrong(
      "a database of the server's own",
      database({ name: "postgres" }),
      '`spacelift:aks.database.name`: must not be a database of the server\'s own, got "postgres"; run `pulumi config set --path spacelift:aks.database.name spacelift`',
    ),
    wrong(
      "a parameter that is no string",
      database({ parameters: { log_connections: true } }),
      "`spacelift:aks.database.parameters.log_connections`: must be a string, got true; run `pulumi config set --path spacelift:aks.database.parameters.log_connections '<value>'`",
    ),
    wrong(
      "a connection limit that is no number",
      database({ parameters: { max_connections: "many" } }),
      '`spacelift:aks.database.parameters.max_connections`: must be a whole number in quotes, got "many"; run `pulumi config rm --path spacelift:aks.database.parameters.max_connections`',
    ),
    wrong(
      "settings of a database that is given",
      database({ sku: "Standard_D4ds_v5" }),
      "`spacelift:aks.database.sku`: has no use: the secret `databaseUrl` names an existing database; run `pulumi config rm --path spacelift:aks.database.sku`, or run `pulumi config rm spacelift:databaseUrl`",
      { databaseUrl: samples.databaseUrl },
    ),
    wrong(
      "a replica of a database that is given",
      database({ readReplica: true }),
      "`spacelift:aks.database.readReplica`: has no use: the secret `databaseUrl` names an existing database; run `pulumi config rm --path spacelift:aks.database.readReplica`, or run `pulumi config rm spacelift:databaseUrl`",
      { databaseUrl: samples.databaseUrl },
    ),
    wrong(
      "parameters of a database that is given",
      database({ parameters: { log_connections: "on" } }),
      "`spacelift:aks.database.parameters`: has no use: the secret `databaseUrl` names an existing database; run `pulumi config rm --path spacelift:aks.database.parameters`, or run `pulumi config rm spacelift:databaseUrl`",
      { databaseUrl: samples.databaseUrl },
    ),
    wrong(
      "a given database without encryption",
      {},
      "`spacelift:databaseUrl`: must say sslmode=verify-full (or verify-ca, require): without it the password may travel in clear; add the parameter and set it again",
      { databaseUrl: "postgres://u:planted@h/spacelift?sslmode=disable" },
    ),
    wrong(
      "a read replica's URL without the database's",
      {},
      "`spacelift:databaseReadOnlyUrl`: has no use: the database is created, and `aks.database.readReplica` with it; run `pulumi config rm spacelift:databaseReadOnlyUrl`",
      { databaseReadOnlyUrl: samples.databaseUrl },
    ),
    wrong(
      "replication over zones where there are none",
      aks({ location: "westus", storage: { sku: "Standard_ZRS" } }),
      '`spacelift:aks.storage.sku`: must be without zones: westus has none, got "Standard_ZRS"; run `pulumi config set --path spacelift:aks.storage.sku Standard_LRS`',
    ),
    wrong(
      "replication to a pair that the region lacks",
      aks({ location: "polandcentral", storage: { sku: "Standard_GZRS" } }),
      '`spacelift:aks.storage.sku`: must stay in the region: polandcentral has no paired region, got "Standard_GZRS"; run `pulumi config set --path spacelift:aks.storage.sku Standard_ZRS`',
    ),
    wrong(
      "a private range in a firewall for public ones",
      storage({ allowedRanges: ["10.0.0.0/8"] }),
      "`spacelift:aks.storage.allowedRanges[0]`: must be a public range of at most /30, as a storage account takes it, got \"10.0.0.0/8\"; run `pulumi config rm --path 'spacelift:aks.storage.allowedRanges[0]'`",
    ),
    wrong(
      "a single address in a storage firewall",
      storage({ allowedRanges: ["203.0.113.7/32"] }),
      "`spacelift:aks.storage.allowedRanges[0]`: must be a public range of at most /30, as a storage account takes it, got \"203.0.113.7/32\"; run `pulumi config rm --path 'spacelift:aks.storage.allowedRanges[0]'`",
    ),
    wrong(
      "replication of an account that is given",
      storage({ accountId: givenIds.account, sku: "Standard_ZRS" }),
      "`spacelift:aks.storage.sku`: has no use: the storage account exists already; run `pulumi config rm --path spacelift:aks.storage.sku`",
    ),
    wrong(
      "shared keys of an account that is given",
      storage({ accountId: givenIds.account, allowSharedKeys: true }),
      "`spacelift:aks.storage.allowSharedKeys`: has no use: the storage account exists already; run `pulumi config rm --path spacelift:aks.storage.allowSharedKeys`",
    ),
    wrong(
      "everybody in a storage firewall",
      storage({ allowedRanges: ["0.0.0.0/0"] }),
      "`spacelift:aks.storage.allowedRanges[0]`: must be a public range of at most /30, as a storage account takes it, got \"0.0.0.0/0\"; run `pulumi config rm --path 'spacelift:aks.storage.allowedRanges[0]'`",
    ),
    wrong(
      "a firewall that shuts out a given subnet",
      aks({
        network: { nodeSubnetId: givenIds.nodeSubnet, databaseSubnetId: givenIds.databaseSubnet },
        storage: { allowedRanges: ["203.0.113.0/24"] },
      }),
      "`spacelift:aks.storage.allowedRanges`: needs a network that is created here: a subnet of yours would be shut out; run `pulumi config rm --path spacelift:aks.storage.allowedRanges`",
    ),
    wrong(
      "an anonymous registry of tier Basic",
      registry({ sku: "Basic", anonymousLauncher: true }),
      "`spacelift:aks.registry.sku`: must be Standard or Premium: a Basic registry lets nobody pull without logging in; run `pulumi config set --path spacelift:aks.registry.sku Standard`",
    ),
    wrong(
      "a tier for a registry that is given",
      registry({ id: givenIds.registry, sku: "Premium" }),
      "`spacelift:aks.registry.sku`: has no use: the registry exists already; run `pulumi config rm --path spacelift:aks.registry.sku`",
    ),
    wrong(
      "locks where nothing that holds data is created",
      aks({ locks: true, storage: { accountId: givenIds.account } }),
      "`spacelift:aks.locks`: has no use: neither the database nor the storage account is created, and yours are for you to lock; run `pulumi config rm --path spacelift:aks.locks`",
      { databaseUrl: samples.databaseUrl },
    ),
    wrong(
      "a container name with two hyphens in a row",
      { buckets: { uploads: { name: "acme--uploads" } } },
      '`spacelift:buckets.uploads.name`: must not have two hyphens in a row, which Azure refuses, got "acme--uploads"; run `pulumi config rm --path spacelift:buckets.uploads.name`',
    ),
  ]);
});
