import { isPublic, parseRange } from "../cidr";
import { hasPair, hasZones } from "../regions";
import { type Problem, removeCommand, setCommand } from "../../problems";
import type { AksSection } from "../settings";
import { isEncrypted } from "../../database-url";
import { isBurstable } from "../sizes";
import { aksRule, uselessKey } from "../../rules/rule";

const databaseKey = (name: string): string => `aks.database.${name}`;
const storageKey = (name: string): string => `aks.storage.${name}`;
const registryKey = (name: string): string => `aks.registry.${name}`;

const onlyForNew = [
  "version",
  "sku",
  "storageGb",
  "backupDays",
  "geoRedundantBackup",
  "highAvailability",
  "entraAdmin",
  "name",
  "adminLogin",
] as const;

/** What has a default of its own, as far as it asks for something. */
const asked = ({ readReplica, parameters }: AksSection["database"]): readonly string[] => [
  ...(readReplica ? ["readReplica"] : []),
  ...(Object.keys(parameters).length > 0 ? ["parameters"] : []),
];

const existingDatabase = aksRule(({ section: { database }, secrets }) => {
  const { databaseUrl, databaseReadOnlyUrl } = secrets;
  if (databaseUrl === undefined) {
    return databaseReadOnlyUrl === undefined
      ? []
      : [
          uselessKey(
            "databaseReadOnlyUrl",
            "the database is created, and `aks.database.readReplica` with it",
          ),
        ];
  }
  const chosen = onlyForNew.filter((name) => database[name] !== undefined);
  const problems: Problem[] = [...chosen, ...asked(database)].map((name) => ({
    key: databaseKey(name),
    problem: "has no use: the secret `databaseUrl` names an existing database",
    fix: `${removeCommand(databaseKey(name))}, or ${removeCommand("databaseUrl")}`,
  }));
  for (const [key, url] of Object.entries({ databaseUrl, databaseReadOnlyUrl })) {
    if (url !== undefined && !isEncrypted(url)) {
      problems.push({
        key,
        problem:
          "must say sslmode=verify-full (or verify-ca, require): without it the password may travel in clear",
        fix: "add the parameter and set it again",
      });
    }
  }
  return problems;
});

const restorePoint = aksRule(({ complete: { database }, settings }) => {
  if (settings.upgrade?.backup !== true) return [];
  const key = "upgrade.backup";
  if (database.kind === "existing")
    return [uselessKey(key, "backups of an existing database are yours to take")];
  if (database.tier !== "Burstable") return [];
  return [
    {
      key,
      problem: `asks for a backup that Azure does not take of a burstable server, as ${database.sku}`,
      fix: `${removeCommand(key)}: its automatic backups reach back ${database.backupDays} days; or ${setCommand(databaseKey("sku"), "Standard_D4ds_v5")}`,
    },
  ];
});

const newDatabase = aksRule(({ complete: { database, location } }) => {
  if (database.kind === "existing") return [];
  const { sku, highAvailability, geoRedundantBackup } = database;
  const problems: Problem[] = [];
  if (isBurstable(sku) && highAvailability !== "Disabled") {
    problems.push({
      key: databaseKey("highAvailability"),
      problem: `must be Disabled with the burstable size ${sku}, got "${highAvailability}"`,
      fix: `${setCommand(databaseKey("sku"), "Standard_D4ds_v5")}, or ${setCommand(databaseKey("highAvailability"), "Disabled")}`,
    });
  }
  if (highAvailability === "ZoneRedundant" && !hasZones(location)) {
    problems.push({
      key: databaseKey("highAvailability"),
      problem: `must be SameZone or Disabled: ${location} has no availability zones`,
      fix: setCommand(databaseKey("highAvailability"), "SameZone"),
    });
  }
  if (geoRedundantBackup && !hasPair(location)) {
    problems.push({
      key: databaseKey("geoRedundantBackup"),
      problem: `must be false: ${location} has no paired region`,
      fix: setCommand(databaseKey("geoRedundantBackup"), false),
    });
  }
  if (database.readReplica && isBurstable(sku)) {
    problems.push({
      key: databaseKey("readReplica"),
      problem: `must be false with the burstable size ${sku}, which takes no replica`,
      fix: `${setCommand(databaseKey("sku"), "Standard_D4ds_v5")}, or ${removeCommand(databaseKey("readReplica"))}`,
    });
  }
  const { max_connections: connections } = database.parameters;
  if (connections !== undefined && !/^\d+$/.test(connections)) {
    problems.push({
      key: databaseKey("parameters.max_connections"),
      problem: `must be a whole number in quotes, got "${connections}"`,
      fix: removeCommand(databaseKey("parameters.max_connections")),
    });
  }
  return problems;
});

const storage = aksRule(({ section, complete }) => {
  const { location, storage: own, network } = section;
  const account = complete.storage;
  const problems: Problem[] = [];
  for (const name of ["sku", "softDeleteDays", "allowedRanges", "allowSharedKeys"] as const) {
    if (account.kind === "existing" && own[name] !== undefined && own[name] !== false) {
      problems.push({
        key: storageKey(name),
        problem: "has no use: the storage account exists already",
        fix: removeCommand(storageKey(name)),
      });
    }
  }
  if (account.kind === "existing") return problems;
  const { sku } = account;
  if (/ZRS/.test(sku) && !hasZones(location)) {
    problems.push({
      key: storageKey("sku"),
      problem: `must be without zones: ${location} has none, got "${sku}"`,
      fix: setCommand(storageKey("sku"), "Standard_LRS"),
    });
  }
  if (/G/.test(sku.replace("Standard_", "")) && !hasPair(location)) {
    problems.push({
      key: storageKey("sku"),
      problem: `must stay in the region: ${location} has no paired region, got "${sku}"`,
      fix: setCommand(storageKey("sku"), "Standard_ZRS"),
    });
  }
  own.allowedRanges?.forEach((text, index) => {
    const range = parseRange(text);
    if (range && (range.prefix > 30 || !isPublic(range))) {
      problems.push({
        key: storageKey(`allowedRanges[${index}]`),
        problem: `must be a public range of at most /30, as a storage account takes it, got "${text}"`,
        fix: removeCommand(storageKey(`allowedRanges[${index}]`)),
      });
    }
  });
  const isExistingSubnet = network.nodeSubnetId !== undefined || complete.cluster.kind === "existing";
  if (own.allowedRanges !== undefined && isExistingSubnet) {
    problems.push({
      key: storageKey("allowedRanges"),
      problem: "needs a network that is created here: a subnet of yours would be shut out",
      fix: removeCommand(storageKey("allowedRanges")),
    });
  }
  return problems;
});

const registry = aksRule(({ section: { registry: own }, complete }) => {
  const { main, sku } = complete.registry;
  const problems: Problem[] = [];
  if (main.kind === "existing" && own.sku !== undefined && !own.anonymousLauncher) {
    problems.push({
      key: registryKey("sku"),
      problem: "has no use: the registry exists already",
      fix: removeCommand(registryKey("sku")),
    });
  }
  if (own.anonymousLauncher && sku === "Basic") {
    problems.push({
      key: registryKey("sku"),
      problem: "must be Standard or Premium: a Basic registry lets nobody pull without logging in",
      fix: setCommand(registryKey("sku"), "Standard"),
    });
  }
  return problems;
});

const containers = aksRule(({ settings }) =>
  Object.entries(settings.buckets ?? {}).flatMap(([role, bucket]) =>
    typeof bucket === "object" && bucket.name.includes("--")
      ? [
          {
            key: `buckets.${role}.name`,
            problem: `must not have two hyphens in a row, which Azure refuses, got "${bucket.name}"`,
            fix: removeCommand(`buckets.${role}.name`),
          },
        ]
      : [],
  ),
);

/** The days of a version count from when it was written: of a state, the only one before could go the day after. */
const versionsOfWhatStays = aksRule(({ settings: { buckets } }) =>
  (["states", "modules", "binaries"] as const).flatMap((role) => {
    const bucket = buckets?.[role];
    if (bucket?.expireNoncurrentAfterDays === undefined || bucket.expireAfterDays !== undefined) return [];
    const key = `buckets.${role}.expireNoncurrentAfterDays`;
    return [
      {
        key,
        problem:
          "must not be set on Azure, which counts the days of a version from when it was written: the only version before the present one could be deleted the day after it was overwritten",
        fix: removeCommand(key),
      },
    ];
  }),
);

const locks = aksRule(({ complete }) =>
  complete.locks && complete.database.kind === "existing" && complete.storage.kind === "existing"
    ? [
        uselessKey(
          "aks.locks",
          "neither the database nor the storage account is created, and yours are for you to lock",
        ),
      ]
    : [],
);

/** Rules about what holds data on the Azure target. */
export const aksDataRules = [
  ...[existingDatabase, newDatabase, storage, registry, containers],
  ...[versionsOfWhatStays, locks, restorePoint],
];
