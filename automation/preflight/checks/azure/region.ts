import { z } from "zod";
import { removeCommand, setCommand } from "../../../../config/problems";
import { type Check, type Finding, type Subject, failed, passed } from "../../check";
import { azureCheck } from "./azure-check";
import type { AzureFacts } from "./facts";
import { type Location, shortName } from "./locations";
import { madeParts } from "./made";
import type { AzureAccess, AzureSession } from "./session";

const names = {
  region: { id: "azure.region", title: "Region" },
  zones: { id: "azure.region.zones", title: "Availability zones" },
  pair: { id: "azure.region.pair", title: "Paired region" },
  services: { id: "azure.region.services", title: "Services of the region" },
} as const;

const provider = z.object({
  resourceTypes: z
    .array(z.object({ resourceType: z.string(), locations: z.array(z.string()).nullish() }))
    .default([]),
});

/** Whether the subscription has the region, with the zones, the pair and the services that are asked of it. */
export const regionCheck = (session: AzureSession, facts: AzureFacts): Check =>
  azureCheck(session, {
    ...names.region,
    run: async (access, context) => {
      const locations = await facts.locations(access);
      const { location } = access.section;
      const region = locations.find(({ name }) => name === location);
      if (!region) return [unknownRegion(location, locations)];
      return [
        passed(names.region, `${region.displayName} is there`),
        ...zonesFindings(region, access),
        ...pairFindings(region, access),
        await servicesFinding(access, context),
      ];
    },
  });

function unknownRegion(location: string, locations: readonly Location[]): Finding {
  const near = locations.filter(({ name }) => name.slice(0, 4) === location.slice(0, 4));
  const some = (near.length > 0 ? near : locations).slice(0, 8).map(({ name }) => name);
  const example = some[0] ?? "<region>";
  return failed(
    names.region,
    `the subscription has no region ${location}`,
    `${setCommand("aks.location", example)}, or another that \`az account list-locations --output table\` shows (${some.join(", ")})`,
  );
}

function zonesFindings(region: Location, { complete }: AzureAccess): readonly Finding[] {
  const pools = complete.cluster.kind === "new" ? complete.cluster.pools : [];
  const wanted = [...new Set([...complete.zones, ...pools.flatMap(({ zones }) => zones)])];
  if (wanted.length === 0) return [];
  const missing = wanted.filter((zone) => !region.zones.includes(zone));
  if (missing.length === 0) return [passed(names.zones, `zones ${wanted.join(", ")} are there`)];
  const has = region.zones.length === 0 ? "no zones" : `zones ${region.zones.join(", ")} alone`;
  return [
    failed(
      names.zones,
      `the subscription has ${has} in ${region.name}, not ${missing.join(", ")}`,
      setCommand("aks.zones", region.zones.map(Number)),
    ),
  ];
}

function pairFindings(
  region: Location,
  { complete: { database, storage } }: AzureAccess,
): readonly Finding[] {
  const wanting = [
    ...(database.kind === "new" && database.geoRedundantBackup ? ["aks.database.geoRedundantBackup"] : []),
    ...(storage.kind === "new" && /^Standard_(?:RA)?GZ?RS$/.test(storage.sku) ? ["aks.storage.sku"] : []),
  ];
  if (wanting.length === 0) return [];
  if (region.pair !== undefined) return [passed(names.pair, `${region.name} is paired with ${region.pair}`)];
  const [key = ""] = wanting;
  return [
    failed(
      names.pair,
      `${region.name} has no paired region, which ${wanting.map((each) => `\`${each}\``).join(" and ")} takes`,
      wanting.length === 1 && key === "aks.storage.sku"
        ? setCommand(key, "Standard_ZRS")
        : `${setCommand("aks.database.geoRedundantBackup", false)}, or ${removeCommand("aks.size")}`,
    ),
  ];
}

async function servicesFinding(
  access: AzureAccess,
  subject: Pick<Subject, "settings" | "secrets" | "aks">,
): Promise<Finding> {
  const made = madeParts(subject);
  const { location } = access.section;
  const types = [
    ...(made.cluster ? ["Microsoft.ContainerService/managedClusters"] : []),
    ...(made.database ? ["Microsoft.DBforPostgreSQL/flexibleServers"] : []),
    ...(made.storage ? ["Microsoft.Storage/storageAccounts"] : []),
    ...(made.registry || made.launcherRegistry ? ["Microsoft.ContainerRegistry/registries"] : []),
    "Microsoft.ManagedIdentity/userAssignedIdentities",
  ];
  const there = await Promise.all(types.map((type) => isOffered(access, type, location)));
  const missing = types.filter((_, index) => there[index] === false);
  if (missing.length === 0) return passed(names.services, `${types.length} services are offered`);
  const [first = ""] = missing;
  const [namespace = "", type = ""] = first.split("/");
  return failed(
    names.services,
    `${location} does not offer ${missing.join(", ")}`,
    `choose a region of \`az provider show --namespace ${namespace} --query "resourceTypes[?resourceType=='${type}'].locations"\` for \`aks.location\``,
  );
}

async function isOffered(
  { arm, subscription }: AzureAccess,
  type: string,
  location: string,
): Promise<boolean> {
  const [namespace = "", wanted = ""] = type.split("/");
  const path = `${subscription}/providers/${namespace}`;
  const { resourceTypes } = await arm.get({ api: "resources", path }, provider);
  const found = resourceTypes.find(({ resourceType }) => resourceType.toLowerCase() === wanted.toLowerCase());
  return (found?.locations ?? []).some((each) => shortName(each) === location);
}
