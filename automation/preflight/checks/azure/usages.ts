import { z } from "zod";
import type { Api } from "../../../azure/api-versions";
import type { AzureAccess } from "./session";

const usage = z.object({
  name: z.object({ value: z.string(), localizedValue: z.string().nullish() }),
  currentValue: z.number(),
  limit: z.number(),
});

/** How much of something a subscription has in a region, and may have. */
export interface Usage {
  readonly title: string;
  readonly used: number;
  readonly limit: number;
}

/** Usages by name in lower case: services do not agree on case. */
export type Usages = ReadonlyMap<string, Usage>;

/** Paths behind `providers/<namespace>/locations/<region>/`, by interface. */
const sources = {
  compute: ["Microsoft.Compute", "usages"],
  network: ["Microsoft.Network", "usages"],
  storage: ["Microsoft.Storage", "usages"],
  postgres: ["Microsoft.DBforPostgreSQL", "resourceType/flexibleServers/usages"],
} as const satisfies Partial<Record<Api, readonly [string, string]>>;

/** A service that counts. */
export type UsageSource = keyof typeof sources;

/** Reads what a service counts in the region. */
export async function listUsages(
  { arm, subscription, section }: AzureAccess,
  source: UsageSource,
): Promise<Usages> {
  const [namespace, rest] = sources[source];
  const path = `${subscription}/providers/${namespace}/locations/${section.location}/${rest}`;
  const found = await arm.list({ api: source, path }, usage);
  return new Map(
    found.map(({ name, currentValue, limit }) => [
      name.value.toLowerCase(),
      { title: name.localizedValue ?? name.value, used: currentValue, limit },
    ]),
  );
}

/** The id under which more of something is asked for. */
export const quotaScope = ({ subscription, section }: AzureAccess, source: UsageSource): string =>
  `${subscription}/providers/${sources[source][0]}/locations/${section.location}`;
