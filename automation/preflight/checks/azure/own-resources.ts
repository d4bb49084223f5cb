import { z } from "zod";
import { fixedNames, seedLength, seededNames } from "../../../../components/platform/aks/names";
import type { AzureAccess } from "./session";

const resource = z.object({ name: z.string(), type: z.string() });

/** A resource of a group. */
export type GroupResource = z.output<typeof resource>;

/** Reads what lies in the main resource group; nothing when there is none. */
export const listGroupResources = async ({ arm, group }: AzureAccess): Promise<readonly GroupResource[]> =>
  (await arm.findList({ api: "resources", path: `${group}/resources` }, resource)) ?? [];

const placeholder = "x".repeat(seedLength);

const types = {
  cluster: "microsoft.containerservice/managedclusters",
  identity: "microsoft.managedidentity/userassignedidentities",
  network: "microsoft.network/virtualnetworks",
  storage: "microsoft.storage/storageaccounts",
  registry: "microsoft.containerregistry/registries",
  launcherRegistry: "microsoft.containerregistry/registries",
  database: "microsoft.dbforpostgresql/flexibleservers",
} as const;

/** A part of an installation that its name tells. */
export type OwnPart = keyof typeof types;

/** Finds the resource of an earlier deployment that is a part of the installation, whatever its seed. */
export function findOwn(
  resources: readonly GroupResource[],
  part: OwnPart,
  prefix: string,
): GroupResource | undefined {
  const fixed = fixedNames(prefix, "");
  const seeded = seededNames(prefix, placeholder);
  const names: Readonly<Record<OwnPart, string>> = {
    cluster: fixed.cluster,
    identity: fixed.backendIdentity,
    network: fixed.network,
    storage: seeded.storageAccount,
    registry: seeded.registry,
    launcherRegistry: seeded.publicRegistry,
    database: seeded.databaseServer,
  };
  const pattern = new RegExp(`^${names[part].replace(placeholder, `[a-z0-9]{${seedLength}}`)}$`, "i");
  return resources.find(({ name, type }) => type.toLowerCase() === types[part] && pattern.test(name));
}

/** Whether the group holds any part of an installation. */
export const holdsInstallation = (resources: readonly GroupResource[], prefix: string): boolean =>
  (Object.keys(types) as readonly OwnPart[]).some((part) => findOwn(resources, part, prefix) !== undefined);
