import { z } from "zod";
import type { AzureAccess } from "./session";

const sku = z.object({
  resourceType: z.string(),
  name: z.string(),
  family: z.string().default(""),
  locationInfo: z.array(z.object({ location: z.string(), zones: z.array(z.string()).nullish() })).nullish(),
  capabilities: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  restrictions: z
    .array(
      z.object({
        type: z.string(),
        reasonCode: z.string().optional(),
        restrictionInfo: z.object({ zones: z.array(z.string()).nullish() }).optional(),
      }),
    )
    .nullish(),
});

/** A size of machines in one region, for one subscription. */
export interface VmSize {
  readonly name: string;
  /** Name of its quota: `standardDDSv5Family`. */
  readonly family: string;
  readonly vCpus: number;
  /** Zones in which the subscription gets it; empty for none. */
  readonly zones: readonly string[];
  /** Why the subscription gets none at all: `NotAvailableForSubscription`. */
  readonly refused: string | undefined;
  /** Whether its capability of that name is `True`. */
  readonly can: (capability: string) => boolean;
}

/** Sizes by name. */
export type VmSizes = ReadonlyMap<string, VmSize>;

/** Reads the sizes of machines that the region has. */
export async function listVmSizes({ arm, subscription, section }: AzureAccess): Promise<VmSizes> {
  const { location } = section;
  const skus = await arm.list(
    {
      api: "skus",
      path: `${subscription}/providers/Microsoft.Compute/skus`,
      query: { $filter: `location eq '${location}'` },
    },
    sku,
  );
  const sizes = skus
    .filter(({ resourceType }) => resourceType === "virtualMachines")
    .map((each) => vmSize(each, location));
  return new Map(sizes.map((size) => [size.name, size]));
}

function vmSize(found: z.output<typeof sku>, location: string): VmSize {
  const capabilities = new Map(found.capabilities?.map(({ name, value }) => [name, value]));
  const restrictions = found.restrictions ?? [];
  const shut = new Set(
    restrictions
      .filter(({ type }) => type === "Zone")
      .flatMap(({ restrictionInfo }) => restrictionInfo?.zones ?? []),
  );
  const here = found.locationInfo?.find((info) => info.location.toLowerCase() === location);
  const whole = restrictions.find(({ type }) => type === "Location");
  return {
    name: found.name,
    family: found.family,
    vCpus: Number(capabilities.get("vCPUs") ?? 0),
    zones: (here?.zones ?? []).filter((zone) => !shut.has(zone)).sort(),
    refused: whole && (whole.reasonCode ?? "restricted"),
    can: (name) => capabilities.get(name)?.toLowerCase() === "true",
  };
}
