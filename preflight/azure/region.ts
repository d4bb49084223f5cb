import { z } from "zod";
import { removeCommand, setCommand } from "../../config/problems";
import { type Finding, finding } from "../check";
import { AzureCheck, shortName } from "./check";
import type { AzureContext } from "./session";

/** Whether the subscription has the region, with the zones, the pair and the services that are asked of it. */
export const regionCheck = new AzureCheck("azure.region", "Region", checkRegion);

const zonesCheck = finding("azure.region.zones", "Availability zones");
const pairCheck = finding("azure.region.pair", "Paired region");
const servicesCheck = finding("azure.region.services", "Services of the region");

const locationSchema = z.object({
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
const providerSchema = z.object({
  resourceTypes: z
    .array(z.object({ resourceType: z.string(), locations: z.array(z.string()).nullish() }))
    .default([]),
});

interface Region {
  readonly name: string;
  readonly displayName: string;
  readonly zones: readonly string[];
  /** Short name of its paired region. */
  readonly pair: string | undefined;
}

async function checkRegion(azure: AzureContext): Promise<readonly Finding[]> {
  const regions = await listRegions(azure);
  const { location } = azure.section;
  const region = regions.find(({ name }) => name === location);
  if (!region) return [unknownFinding(location, regions)];
  return [
    regionCheck.passed(`${region.displayName} is available`),
    ...zonesFindings(region, azure),
    ...pairFindings(region, azure),
    await findServices(azure),
  ];
}

async function listRegions({ arm, subscription }: AzureContext): Promise<readonly Region[]> {
  const found = await arm.list({ api: "subscriptions", path: `${subscription}/locations` }, locationSchema);
  return found
    .filter(({ metadata }) => metadata?.regionType !== "Logical")
    .map(({ name, displayName, metadata, availabilityZoneMappings }) => ({
      name,
      displayName,
      zones: (availabilityZoneMappings ?? []).map(({ logicalZone }) => logicalZone).sort(),
      pair: metadata?.pairedRegion?.[0]?.name,
    }));
}

function unknownFinding(location: string, regions: readonly Region[]): Finding {
  const near = regions.filter(({ name }) => name.slice(0, 4) === location.slice(0, 4));
  const some = (near.length > 0 ? near : regions).slice(0, 8).map(({ name }) => name);
  return regionCheck.failed(
    `the subscription has no region ${location}`,
    `${setCommand("aks.location", some[0] ?? "<region>")}, or another that \`az account list-locations --output table\` shows (${some.join(", ")})`,
  );
}

function zonesFindings(region: Region, { complete }: AzureContext): readonly Finding[] {
  const pools = complete.cluster.kind === "new" ? complete.cluster.pools : [];
  const wanted = [...new Set([...complete.zones, ...pools.flatMap(({ zones }) => zones)])];
  if (wanted.length === 0) return [];
  const missing = wanted.filter((zone) => !region.zones.includes(zone));
  if (missing.length === 0) return [zonesCheck.passed(`zones ${wanted.join(", ")} are available`)];
  const has = region.zones.length === 0 ? "no zones" : `zones ${region.zones.join(", ")} alone`;
  return [
    zonesCheck.failed(
      `the subscription has ${has} in ${region.name}, not ${missing.join(", ")}`,
      setCommand("aks.zones", region.zones.map(Number)),
    ),
  ];
}

function pairFindings(
  { name, pair }: Region,
  { complete: { database, storage } }: AzureContext,
): readonly Finding[] {
  const replicated = [
    ...(database.kind === "new" && database.geoRedundantBackup ? ["aks.database.geoRedundantBackup"] : []),
    ...(storage.kind === "new" && /^Standard_(?:RA)?GZ?RS$/.test(storage.sku) ? ["aks.storage.sku"] : []),
  ];
  if (replicated.length === 0) return [];
  if (pair !== undefined) return [pairCheck.passed(`${name} is paired with ${pair}`)];
  const isStorageAlone = replicated.length === 1 && replicated[0] === "aks.storage.sku";
  return [
    pairCheck.failed(
      `${name} has no paired region, which ${replicated.map((each) => `\`${each}\``).join(" and ")} takes`,
      isStorageAlone
        ? setCommand("aks.storage.sku", "Standard_ZRS")
        : `${setCommand("aks.database.geoRedundantBackup", false)}, or ${removeCommand("aks.size")}`,
    ),
  ];
}

async function findServices({ arm, subscription, section, isNew }: AzureContext): Promise<Finding> {
  const { location } = section;
  const types = [
    ...(isNew.cluster ? ["Microsoft.ContainerService/managedClusters"] : []),
    ...(isNew.database ? ["Microsoft.DBforPostgreSQL/flexibleServers"] : []),
    ...(isNew.storage ? ["Microsoft.Storage/storageAccounts"] : []),
    ...(isNew.registry || isNew.launcherRegistry ? ["Microsoft.ContainerRegistry/registries"] : []),
    "Microsoft.ManagedIdentity/userAssignedIdentities",
  ].map((name) => {
    const [namespace = "", type = ""] = name.split("/");
    return { name, namespace, type };
  });
  const offered = await Promise.all(
    types.map(async ({ namespace, type }) => {
      const path = `${subscription}/providers/${namespace}`;
      const { resourceTypes } = await arm.get({ api: "resources", path }, providerSchema);
      const found = resourceTypes.find(
        ({ resourceType }) => resourceType.toLowerCase() === type.toLowerCase(),
      );
      return (found?.locations ?? []).some((each) => shortName(each) === location);
    }),
  );
  const missing = types.filter((_, index) => offered[index] === false);
  const [first] = missing;
  return first === undefined
    ? servicesCheck.passed(`${types.length} services are offered`)
    : servicesCheck.failed(
        `${location} does not offer ${missing.map(({ name }) => name).join(", ")}`,
        `choose a region of \`az provider show --namespace ${first.namespace} --query "resourceTypes[?resourceType=='${first.type}'].locations"\` for \`aks.location\``,
      );
}
