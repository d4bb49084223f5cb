import { z } from "zod";
import type { AzureAccess } from "./session";

const server = z.object({
  id: z.string(),
  name: z.string(),
  sku: z.object({ name: z.string() }),
  properties: z.object({
    version: z.string(),
    state: z.string(),
    replicationRole: z.string().optional(),
    storage: z.object({ storageSizeGB: z.number() }),
    highAvailability: z.object({ mode: z.string().optional() }).optional(),
  }),
});

/** A server of PostgreSQL, as far as the checks look at it. */
export type DatabaseServer = z.output<typeof server>;

/** The servers of an earlier deployment; nothing before the first. */
export async function listOwnServers({ arm, group, section }: AzureAccess): Promise<{
  readonly primary: DatabaseServer | undefined;
  readonly replicas: readonly DatabaseServer[];
}> {
  const path = `${group}/providers/Microsoft.DBforPostgreSQL/flexibleServers`;
  const servers = (await arm.findList({ api: "postgres", path }, server)) ?? [];
  const own = servers.filter(({ name }) =>
    new RegExp(`^${section.prefix}-pg-[a-z0-9]{6}(?:-ro)?$`).test(name),
  );
  return {
    primary: own.find(({ name }) => !name.endsWith("-ro")),
    replicas: own.filter(({ name }) => name.endsWith("-ro")),
  };
}
