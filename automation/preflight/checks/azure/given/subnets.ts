import { z } from "zod";
import {
  type Range,
  addressCount,
  overlaps,
  parseRange,
  subnetCapacity,
} from "../../../../../config/aks/cidr";
import { parentId } from "../../../../../config/aks/resource-id";
import { setCommand } from "../../../../../config/problems";
import { type Finding, failed, passed } from "../../../check";
import { fixedNames } from "../../../../../components/platform/aks/names";
import { newPart } from "../made";
import { wantedPools } from "../pools";
import type { AzureAccess } from "../session";
import { type GivenPart, absent, elsewhere, firstOf, givenPart } from "./given-part";

const network = z.object({ location: z.string() });
const reference = z.object({ id: z.string() });
const subnet = z.object({
  id: z.string(),
  properties: z.object({
    addressPrefix: z.string().nullish(),
    addressPrefixes: z.array(z.string()).nullish(),
    delegations: z.array(z.object({ properties: z.object({ serviceName: z.string() }) })).nullish(),
    ipConfigurations: z.array(reference).nullish(),
  }),
});

type Subnet = z.output<typeof subnet>;

const nodes = givenPart("nodeSubnet", "subnet of the nodes", "aks.network.nodeSubnetId");
const database = givenPart("databaseSubnet", "subnet of the database", "aks.network.databaseSubnetId");
const delegation = "Microsoft.DBforPostgreSQL/flexibleServers";
const smallest = 28;

/** Whether the given subnet suits the nodes: no service's own, large enough, and apart from pods and services. */
export async function nodeSubnetFinding(access: AzureAccess, id: string): Promise<Finding> {
  const read = await readSubnet(access, nodes, id);
  if ("status" in read) return read;
  const { found, ranges } = read;
  const free = freeAddresses(found, ranges, access);
  const wanted = wantedNodes(access);
  const { podCidr, serviceCidr } = newPart(access.complete.cluster);
  const clash = ["podCidr", "serviceCidr"].find((_, index) => {
    const range = parseRange([podCidr, serviceCidr][index] ?? "");
    return range !== undefined && ranges.some((each) => overlaps(each, range));
  });
  const [delegated] = delegationsOf(found);
  return (
    firstOf(
      delegated !== undefined &&
        failed(
          nodes,
          `is delegated to ${delegated}`,
          `${setCommand(nodes.key, "<id>")} with a subnet that is not`,
        ),
      clash !== undefined &&
        failed(
          nodes,
          `overlaps with \`aks.network.${clash}\``,
          `${setCommand(`aks.network.${clash}`, "<range>")} with a range that nothing uses`,
        ),
      free < wanted &&
        failed(
          nodes,
          `has ${free} free addresses, and ${wanted} nodes may come, those of an upgrade included`,
          `give a larger subnet, or lower the pools' \`maxCount\``,
        ),
    ) ?? passed(nodes, `has ${free} free addresses for up to ${wanted} nodes`)
  );
}

/** Whether the given subnet suits the database: delegated to it, and large enough. */
export async function databaseSubnetFinding(access: AzureAccess, id: string): Promise<Finding> {
  const read = await readSubnet(access, database, id);
  if ("status" in read) return read;
  const { found, ranges } = read;
  const delegated = delegationsOf(found).some((name) => name.toLowerCase() === delegation.toLowerCase());
  return (
    firstOf(
      !delegated &&
        failed(
          database,
          `is not delegated to ${delegation}`,
          `run \`az network vnet subnet update --ids ${id} --delegations ${delegation}\``,
        ),
      ranges.every(({ prefix }) => prefix > smallest) &&
        failed(
          database,
          `is smaller than a /${smallest}, the least that PostgreSQL servers take`,
          `${setCommand(database.key, "<id>")} with a larger subnet`,
        ),
    ) ??
    passed(
      database,
      `is delegated, with ${ranges.reduce((sum, range) => sum + addressCount(range), 0)} addresses`,
    )
  );
}

async function readSubnet(
  access: AzureAccess,
  part: GivenPart,
  id: string,
): Promise<Finding | { readonly found: Subnet; readonly ranges: readonly Range[] }> {
  const { arm, section } = access;
  const [found, around] = await Promise.all([
    arm.find({ api: "network", path: id }, subnet),
    arm.find({ api: "network", path: parentId(id) }, network),
  ]);
  if (!found || !around) return absent(part, id);
  const { addressPrefix, addressPrefixes } = found.properties;
  const texts =
    addressPrefixes ?? (addressPrefix === null || addressPrefix === undefined ? [] : [addressPrefix]);
  return (
    elsewhere(part, around.location, section.location) ?? {
      found,
      ranges: texts.flatMap((text) => parseRange(text) ?? []),
    }
  );
}

const delegationsOf = ({ properties }: Subnet): readonly string[] =>
  (properties.delegations ?? []).map((each) => each.properties.serviceName);

/** Addresses that nobody uses, or our own nodes do. */
function freeAddresses({ properties }: Subnet, ranges: readonly Range[], { section }: AzureAccess): number {
  const { nodeResourceGroup } = fixedNames(section.prefix, section.resourceGroup.name);
  const ours = `/resourcegroups/${nodeResourceGroup}/`.toLowerCase();
  const others = (properties.ipConfigurations ?? []).filter(({ id }) => !id.toLowerCase().includes(ours));
  return ranges.reduce((sum, range) => sum + subnetCapacity(range), 0) - others.length;
}

/** The most nodes there may be: an upgrade adds a third of a pool before it takes the old ones away. */
const wantedNodes = ({ complete }: AzureAccess): number =>
  wantedPools(complete).reduce((sum, { maxCount }) => sum + maxCount + Math.ceil(maxCount * 0.33), 0);
