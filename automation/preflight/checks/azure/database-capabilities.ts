import { z } from "zod";
import type { AzureAccess } from "./session";

const status = z.string().nullish();
const features = z.array(z.object({ name: z.string(), status })).nullish();

const capability = z.object({
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
    .array(
      z.object({
        name: z.string(),
        supportedVersionsToUpgrade: z.array(z.string()).nullish(),
        status,
      }),
    )
    .nullish(),
  supportedFeatures: features,
  geoBackupSupported: status,
  restricted: status,
  status,
  reason: status,
});

/** A size of servers. */
export interface DatabaseSku {
  readonly name: string;
  readonly edition: string;
  readonly vCores: number;
  readonly zones: readonly string[];
  /** `SameZone`, `ZoneRedundant`. */
  readonly availability: readonly string[];
  /** Why it cannot be had. */
  readonly refused: string | undefined;
}

/** What a region offers of PostgreSQL. */
export interface DatabaseCapabilities {
  /** Why the subscription gets no server in the region. */
  readonly refused: string | undefined;
  readonly skus: readonly DatabaseSku[];
  /** Versions to which each can be raised in place, by version. */
  readonly versions: ReadonlyMap<string, readonly string[]>;
  readonly geoBackup: boolean;
}

/** Reads what the region offers of PostgreSQL to the subscription. */
export async function readDatabaseCapabilities(access: AzureAccess): Promise<DatabaseCapabilities> {
  const { arm, subscription, section } = access;
  const path = `${subscription}/providers/Microsoft.DBforPostgreSQL/locations/${section.location}/capabilities`;
  const sets = await arm.list({ api: "postgres", path }, capability);
  const restricted = sets.find(
    (set) => set.restricted === "Enabled" || set.status === "Disabled" || featureOf(set, "Restricted"),
  );
  return {
    refused: restricted && (restricted.reason ?? "restricted"),
    skus: sets.flatMap(({ supportedServerEditions }) =>
      (supportedServerEditions ?? []).flatMap((edition) =>
        (edition.supportedServerSkus ?? []).map((sku) => ({
          name: sku.name,
          edition: edition.name,
          vCores: sku.vCores ?? 0,
          zones: sku.supportedZones ?? [],
          availability: sku.supportedHaMode ?? [],
          refused: sku.status === "Disabled" ? (sku.reason ?? "disabled") : undefined,
        })),
      ),
    ),
    versions: new Map(
      sets.flatMap(({ supportedServerVersions }) =>
        (supportedServerVersions ?? [])
          .filter((version) => version.status !== "Disabled")
          .map(({ name, supportedVersionsToUpgrade }) => [name, supportedVersionsToUpgrade ?? []] as const),
      ),
    ),
    geoBackup: sets.some((set) => set.geoBackupSupported === "Enabled" || featureOf(set, "GeoBackup")),
  };
}

const featureOf = ({ supportedFeatures }: z.output<typeof capability>, name: string): boolean =>
  (supportedFeatures ?? []).some((feature) => feature.name === name && feature.status === "Enabled");
