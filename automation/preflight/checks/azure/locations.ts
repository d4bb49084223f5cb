import { z } from "zod";
import type { AzureAccess } from "./session";

const location = z.object({
  name: z.string(),
  displayName: z.string(),
  metadata: z
    .object({
      regionType: z.string().optional(),
      pairedRegion: z.array(z.object({ name: z.string() })).nullish(),
    })
    .optional(),
  availabilityZoneMappings: z.array(z.object({ logicalZone: z.string() })).nullish(),
});

/** A region, as a subscription sees it. */
export interface Location {
  readonly name: string;
  readonly displayName: string;
  readonly zones: readonly string[];
  /** Short name of its paired region. */
  readonly pair: string | undefined;
}

/** Reads the regions that the subscription may use. */
export async function listLocations({ arm, subscription }: AzureAccess): Promise<readonly Location[]> {
  const found = await arm.list({ api: "subscriptions", path: `${subscription}/locations` }, location);
  return found
    .filter(({ metadata }) => metadata?.regionType !== "Logical")
    .map(({ name, displayName, metadata, availabilityZoneMappings }) => ({
      name,
      displayName,
      zones: (availabilityZoneMappings ?? []).map(({ logicalZone }) => logicalZone).sort(),
      pair: metadata?.pairedRegion?.[0]?.name,
    }));
}

/** A region's name as any service writes it, `West Europe` or `westeurope`, in the short form. */
export const shortName = (region: string): string => region.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
