import { z } from "zod";
import { databaseTier } from "../../config/aks/sizes";
import { setCommand } from "../../config/problems";
import { type Finding, finding } from "../check";
import { AzureCheck } from "./check";
import { newPart } from "./parts";
import type { AzureContext } from "./session";

/** Whether the region offers the PostgreSQL server, and that of an earlier deployment can become what is asked for. */
export const databaseServerCheck = new AzureCheck(
  "azure.database",
  "PostgreSQL in the region",
  checkDatabaseServer,
  "database",
);

const versionCheck = finding("azure.database.version", "Version of the PostgreSQL server");
const skuCheck = finding("azure.database.sku", "Size of the PostgreSQL server");
const backupCheck = finding("azure.database.backup", "Backups in another region");
const serverCheck = finding("azure.database.server", "State of the PostgreSQL server");

const keys = {
  version: "aks.database.version",
  sku: "aks.database.sku",
  highAvailability: "aks.database.highAvailability",
} as const;

async function checkDatabaseServer(azure: AzureContext): Promise<readonly Finding[]> {
  const { section, complete } = azure;
  const [offer, { primary, replicas }] = await Promise.all([readDatabaseOffer(azure), listOwnServers(azure)]);
  if (offer.refused !== undefined && !primary) {
    return [
      databaseServerCheck.failed(
        `the subscription gets no server in ${section.location} (${offer.refused})`,
        `choose another region, or ask Microsoft for access: \`az postgres flexible-server list-skus --location ${section.location}\` shows what there is`,
      ),
    ];
  }
  const { version, geoRedundantBackup, storageGb } = newPart(complete.database);
  return [
    primary
      ? upgradeFinding(offer, version, primary, replicas.length > 0)
      : versionFinding(offer, version, section.location),
    skuFinding(offer, azure, primary),
    ...(geoRedundantBackup
      ? [backupFinding(offer.geoBackup || primary !== undefined, section.location)]
      : []),
    ...(primary ? [serverFinding(primary, storageGb)] : []),
  ];
}

function versionFinding(offer: DatabaseOffer, wanted: string, location: string): Finding {
  if (offer.versions.has(wanted)) return versionCheck.passed(`${location} offers ${wanted}`);
  const offered = [...offer.versions.keys()].sort((a, b) => Number(a) - Number(b));
  const best = offered.findLast((version) => ["15", "16", "17"].includes(version));
  return versionCheck.failed(
    `${location} offers ${offered.join(", ")}, not ${wanted}`,
    best === undefined ? "choose another region" : setCommand(keys.version, Number(best)),
  );
}

function upgradeFinding(
  offer: DatabaseOffer,
  wanted: string,
  { name, properties: { version } }: DatabaseServer,
  replicated: boolean,
): Finding {
  if (version === wanted) return versionCheck.passed(`${name} runs ${version}`);
  const back = setCommand(keys.version, Number(version));
  if (Number(wanted) < Number(version)) {
    return versionCheck.failed(`${name} runs ${version}, which never goes back to ${wanted}`, back);
  }
  if (offer.versions.get(version)?.includes(wanted) !== true) {
    return versionCheck.failed(`${name} runs ${version}, which Azure does not upgrade to ${wanted}`, back);
  }
  return replicated
    ? versionCheck.failed(
        `${name} has a read replica, and Azure upgrades no server that has one`,
        `${setCommand("aks.database.readReplica", false)}, deploy, and raise the version then`,
      )
    : versionCheck.warning(
        `${name} goes from ${version} to ${wanted}, which takes it down for minutes and cannot be undone`,
        `make sure of a backup: \`az postgres flexible-server backup create --resource-group <group> --name ${name} --backup-name before-${wanted}\``,
      );
}

function skuFinding(
  { skus }: DatabaseOffer,
  { complete, section: { location } }: AzureContext,
  primary: DatabaseServer | undefined,
): Finding {
  const { sku: wanted, highAvailability } = newPart(complete.database);
  const found = skus.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  const fits = (sku: DatabaseSku): boolean =>
    sku.refused === undefined &&
    (highAvailability === "Disabled" || sku.availability.includes(highAvailability));
  const other = skus.find(
    (sku) => sku.edition === databaseTier(wanted) && sku.vCores === found?.vCores && fits(sku),
  );
  if (!found || found.refused !== undefined) {
    const why =
      found?.refused === undefined ? "does not offer" : `refuses the subscription (${found.refused})`;
    // A server that has the size keeps it.
    return skuCheck[primary?.sku.name === wanted ? "warning" : "failed"](
      `${location} ${why} ${wanted}`,
      other === undefined
        ? `choose a size of \`az postgres flexible-server list-skus --location ${location}\` for \`${keys.sku}\``
        : setCommand(keys.sku, other.name),
    );
  }
  if (fits(found)) {
    const standby = highAvailability === "Disabled" ? "" : ` with a standby (${highAvailability})`;
    return skuCheck.passed(`${wanted} is available${standby}`);
  }
  const hasStandby = primary?.properties.highAvailability?.mode === highAvailability;
  const next = found.availability.includes("SameZone") ? "SameZone" : "Disabled";
  return skuCheck[hasStandby ? "warning" : "failed"](
    `${location} offers ${wanted} without a standby of mode ${highAvailability}`,
    setCommand(keys.highAvailability, next),
  );
}

const backupFinding = (kept: boolean, location: string): Finding =>
  kept
    ? backupCheck.passed("are kept in the paired region")
    : backupCheck.failed(
        `${location} keeps no backups in another region`,
        setCommand("aks.database.geoRedundantBackup", false),
      );

function serverFinding({ id, name, properties }: DatabaseServer, wantedGb: number): Finding {
  const { state, storage } = properties;
  if (state === "Stopped" || state === "Disabled") {
    const fix = `run \`az postgres flexible-server start --ids ${id}\``;
    return serverCheck.failed(`${name} is ${state}`, fix);
  }
  if (state !== "Ready") {
    const fix = `wait: \`az postgres flexible-server wait --ids ${id} --updated\``;
    return serverCheck.failed(`${name} is busy (${state}), and takes no other change`, fix);
  }
  // It may have grown by itself: only a change of the server tells Azure the size again, which then refuses.
  return wantedGb < storage.storageSizeGB
    ? serverCheck.warning(
        `the disk of ${name} has ${storage.storageSizeGB} GB, and never shrinks to ${wantedGb}: a change of the server would be refused`,
        setCommand("aks.database.storageGb", storage.storageSizeGB),
      )
    : serverCheck.passed(`${name} is ready, with a disk of ${storage.storageSizeGB} GB`);
}

const status = z.string().nullish();
const offerSchema = z.object({
  supportedServerEditions: z
    .array(
      z.object({
        name: z.string(),
        supportedServerSkus: z
          .array(
            z.object({
              name: z.string(),
              vCores: z.number().nullish(),
              supportedZones: z.array(z.string()).nullish(),
              supportedHaMode: z.array(z.string()).nullish(),
              status,
              reason: status,
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
  supportedServerVersions: z
    .array(z.object({ name: z.string(), supportedVersionsToUpgrade: z.array(z.string()).nullish(), status }))
    .nullish(),
  supportedFeatures: z.array(z.object({ name: z.string(), status })).nullish(),
  geoBackupSupported: status,
  restricted: status,
  status,
  reason: status,
});

interface DatabaseSku {
  readonly name: string;
  readonly edition: string;
  readonly vCores: number;
  /** `SameZone`, `ZoneRedundant`. */
  readonly availability: readonly string[];
  /** Why the subscription does not get it. */
  readonly refused: string | undefined;
}

/** What a region offers of PostgreSQL. */
interface DatabaseOffer {
  /** Why the subscription gets no server in the region. */
  readonly refused: string | undefined;
  readonly skus: readonly DatabaseSku[];
  /** Versions to which each can be upgraded in place, by version. */
  readonly versions: ReadonlyMap<string, readonly string[]>;
  readonly geoBackup: boolean;
}

export async function readDatabaseOffer({
  arm,
  subscription,
  section,
}: AzureContext): Promise<DatabaseOffer> {
  const path = `${subscription}/providers/Microsoft.DBforPostgreSQL/locations/${section.location}/capabilities`;
  const offers = await arm.list({ api: "postgres", path }, offerSchema);
  const has = (offer: z.output<typeof offerSchema>, feature: string): boolean =>
    (offer.supportedFeatures ?? []).some((each) => each.name === feature && each.status === "Enabled");
  const restricted = offers.find(
    (offer) => offer.restricted === "Enabled" || offer.status === "Disabled" || has(offer, "Restricted"),
  );
  const editions = offers.flatMap(({ supportedServerEditions }) => supportedServerEditions ?? []);
  const versions = offers.flatMap(({ supportedServerVersions }) => supportedServerVersions ?? []);
  return {
    refused: restricted && (restricted.reason ?? "restricted"),
    skus: editions.flatMap((edition) =>
      (edition.supportedServerSkus ?? []).map((sku) => ({
        name: sku.name,
        edition: edition.name,
        vCores: sku.vCores ?? 0,
        availability: sku.supportedHaMode ?? [],
        refused: sku.status === "Disabled" ? (sku.reason ?? "disabled") : undefined,
      })),
    ),
    versions: new Map(
      versions
        .filter((version) => version.status !== "Disabled")
        .map(({ name, supportedVersionsToUpgrade }) => [name, supportedVersionsToUpgrade ?? []]),
    ),
    geoBackup: offers.some((offer) => offer.geoBackupSupported === "Enabled" || has(offer, "GeoBackup")),
  };
}

const serverSchema = z.object({
  id: z.string(),
  name: z.string(),
  sku: z.object({ name: z.string() }),
  properties: z.object({
    version: z.string(),
    state: z.string(),
    storage: z.object({ storageSizeGB: z.number() }),
    highAvailability: z.object({ mode: z.string().optional() }).optional(),
  }),
});

type DatabaseServer = z.output<typeof serverSchema>;

/** The servers of an earlier deployment; nothing before the first. */
export async function listOwnServers({ arm, group, section }: AzureContext): Promise<{
  readonly primary: DatabaseServer | undefined;
  readonly replicas: readonly DatabaseServer[];
}> {
  const path = `${group}/providers/Microsoft.DBforPostgreSQL/flexibleServers`;
  const servers = (await arm.findList({ api: "postgres", path }, serverSchema)) ?? [];
  const pattern = new RegExp(`^${section.prefix}-pg-[a-z0-9]{6}(?:-ro)?$`);
  const own = servers.filter(({ name }) => pattern.test(name));
  return {
    primary: own.find(({ name }) => !name.endsWith("-ro")),
    replicas: own.filter(({ name }) => name.endsWith("-ro")),
  };
}
