import { z } from "zod";
import { relativeName } from "../../components/platform/aks/dns";
import { fixedNames } from "../../components/platform/aks/names";
import { addressCount, overlaps, parseRange, type Range, subnetCapacity } from "../../config/aks/cidr";
import { parentId } from "../../config/aks/formats";
import { hostsOf } from "../../config/settings";
import { setCommand } from "../../config/problems";
import { type Finding, firstOf } from "../check";
import { ExistingPart } from "./check";
import { findCluster } from "./kubernetes";
import { wantedPools } from "./nodes";
import { holdsInstallation, listGroupResources, newPart } from "./parts";
import type { AzureContext } from "./session";

const networkSchema = z.object({ location: z.string() });
const subnetSchema = z.object({
  id: z.string(),
  properties: z.object({
    addressPrefix: z.string().nullish(),
    addressPrefixes: z.array(z.string()).nullish(),
    delegations: z.array(z.object({ properties: z.object({ serviceName: z.string() }) })).nullish(),
    ipConfigurations: z.array(z.object({ id: z.string() })).nullish(),
  }),
});

interface Subnet {
  readonly ranges: readonly Range[];
  readonly delegations: readonly string[];
  /** Ids of what has an address in it. */
  readonly users: readonly string[];
}

/** Reads a subnet in the region, or says why it cannot be used. */
async function readSubnet(
  { arm, section }: AzureContext,
  part: ExistingPart,
  id: string,
): Promise<Finding | Subnet> {
  const [subnet, network] = await Promise.all([
    arm.find({ api: "network", path: id }, subnetSchema),
    arm.find({ api: "network", path: parentId(id) }, networkSchema),
  ]);
  if (!subnet || !network) return part.absent(id);
  const { addressPrefix, addressPrefixes, delegations, ipConfigurations } = subnet.properties;
  return (
    part.elsewhere(network.location, section) ?? {
      ranges: (addressPrefixes ?? [addressPrefix ?? ""]).flatMap((text) => parseRange(text) ?? []),
      delegations: (delegations ?? []).map(({ properties }) => properties.serviceName),
      users: (ipConfigurations ?? []).map((user) => user.id),
    }
  );
}

/** Suits the nodes when it is no service's own, large enough, and apart from pods and services. */
export const nodeSubnet: ExistingPart = new ExistingPart(
  "nodeSubnet",
  "subnet of the nodes",
  "aks.network.nodeSubnetId",
  ({ network }) => network.nodeSubnetId,
  async (azure, id) => {
    const subnet = await readSubnet(azure, nodeSubnet, id);
    if ("status" in subnet) return subnet;
    const { ranges, delegations } = subnet;
    const free = freeAddresses(subnet, azure);
    const wanted = mostNodes(azure);
    const cluster = newPart(azure.complete.cluster);
    const clash = (["podCidr", "serviceCidr"] as const).find((key) => {
      const range = parseRange(cluster[key]);
      return range !== undefined && ranges.some((each) => overlaps(each, range));
    });
    return firstOf(
      delegations[0] !== undefined &&
        nodeSubnet.failed(
          `is delegated to ${delegations[0]}`,
          `${setCommand(nodeSubnet.key, "<id>")} with a subnet that is not`,
        ),
      clash !== undefined &&
        nodeSubnet.failed(
          `overlaps with \`aks.network.${clash}\``,
          `${setCommand(`aks.network.${clash}`, "<range>")} with a range that nothing uses`,
        ),
      free < wanted &&
        nodeSubnet.failed(
          `has ${free} free addresses, and ${wanted} nodes may come, those of an upgrade included`,
          "use a larger subnet, or lower the pools' `maxCount`",
        ),
      nodeSubnet.passed(`has ${free} free addresses for up to ${wanted} nodes`),
    );
  },
);

/** Addresses that nobody uses, or our own nodes do. */
function freeAddresses({ ranges, users }: Subnet, { section }: AzureContext): number {
  const { nodeResourceGroup } = fixedNames(section.prefix, section.resourceGroup.name);
  const ours = `/resourcegroups/${nodeResourceGroup}/`.toLowerCase();
  const others = users.filter((id) => !id.toLowerCase().includes(ours));
  return ranges.reduce((sum, range) => sum + subnetCapacity(range), 0) - others.length;
}

/** An upgrade adds a third of a pool before it takes the old nodes away. */
const mostNodes = ({ complete }: AzureContext): number =>
  wantedPools(complete).reduce((sum, { maxCount }) => sum + maxCount + Math.ceil(maxCount * 0.33), 0);

const delegation = "Microsoft.DBforPostgreSQL/flexibleServers";
const smallest = 28;

/** Suits the database when it is delegated to it, and large enough. */
export const databaseSubnet: ExistingPart = new ExistingPart(
  "databaseSubnet",
  "subnet of the database",
  "aks.network.databaseSubnetId",
  ({ network }) => network.databaseSubnetId,
  async (azure, id) => {
    const subnet = await readSubnet(azure, databaseSubnet, id);
    if ("status" in subnet) return subnet;
    const { ranges, delegations } = subnet;
    const addresses = ranges.reduce((sum, range) => sum + addressCount(range), 0);
    return firstOf(
      delegations.every((name) => name.toLowerCase() !== delegation.toLowerCase()) &&
        databaseSubnet.failed(
          `is not delegated to ${delegation}`,
          `run \`az network vnet subnet update --ids ${id} --delegations ${delegation}\``,
        ),
      ranges.every(({ prefix }) => prefix > smallest) &&
        databaseSubnet.failed(
          `is smaller than a /${smallest}, the least that PostgreSQL servers take`,
          `${setCommand(databaseSubnet.key, "<id>")} with a larger subnet`,
        ),
      databaseSubnet.passed(`is delegated, with ${addresses} addresses`),
    );
  },
);

const privateZoneSchema = z.object({ name: z.string() });
const linkSchema = z.object({
  properties: z.object({
    virtualNetwork: z.object({ id: z.string() }).optional(),
    virtualNetworkLinkState: z.string().optional(),
  }),
});

/** Of no use unless it is linked to the network of the database. */
export const privateZone: ExistingPart = new ExistingPart(
  "privateZone",
  "private DNS zone",
  "aks.network.privateDnsZoneId",
  ({ network }) => network.privateDnsZoneId,
  async ({ arm, section }, id) => {
    const [zone, links] = await Promise.all([
      arm.find({ api: "privateDns", path: id }, privateZoneSchema),
      arm.findList({ api: "privateDns", path: `${id}/virtualNetworkLinks` }, linkSchema),
    ]);
    if (!zone || !links) return privateZone.absent(id);
    const { databaseSubnetId } = section.network;
    // A network that is created has no id yet to compare with.
    if (databaseSubnetId === undefined) {
      return privateZone.passed(`${zone.name} exists, with ${links.length} links`);
    }
    const network = parentId(databaseSubnetId);
    const link = links.find(
      ({ properties }) => properties.virtualNetwork?.id.toLowerCase() === network.toLowerCase(),
    );
    const resource = `--resource-group ${id.split("/")[4] ?? ""} --zone-name ${zone.name}`;
    const state = link?.properties.virtualNetworkLinkState ?? "Completed";
    return firstOf(
      link === undefined &&
        privateZone.failed(
          `${zone.name} is not linked to ${network}`,
          `run \`az network private-dns link vnet create ${resource} --name spacelift --virtual-network ${network} --registration-enabled false\``,
        ),
      state !== "Completed" &&
        privateZone.failed(`the link of ${zone.name} is ${state}`, "wait some minutes, then look again"),
      privateZone.passed(`${zone.name} is linked to the network`),
    );
  },
);

const addressSchema = z.object({
  location: z.string(),
  sku: z.object({ name: z.string() }).optional(),
  properties: z.object({
    publicIPAllocationMethod: z.string().optional(),
    publicIPAddressVersion: z.string().optional(),
    ipAddress: z.string().nullish(),
    ipConfiguration: z.object({ id: z.string() }).nullish(),
    natGateway: z.object({ id: z.string() }).nullish(),
  }),
});

/** Suits a load balancer of the cluster when it is Standard, static, IPv4, and nobody else's. */
export const publicAddress: ExistingPart = new ExistingPart(
  "address",
  "public address",
  "aks.network.publicIpId",
  ({ network }) => network.publicIpId,
  async (azure, id) => {
    const { arm, section } = azure;
    const address = await arm.find({ api: "network", path: id }, addressSchema);
    if (!address) return publicAddress.absent(id);
    const { sku, properties, location } = address;
    const fix = `${setCommand(publicAddress.key, "<id>")} with one of \`az network public-ip create --sku Standard --allocation-method Static --version IPv4\``;
    const group = await findNodeGroup(azure);
    const inNodeGroup = (place: string): boolean =>
      group !== undefined && place.toLowerCase().includes(`/resourcegroups/${group.toLowerCase()}/`);
    const user = properties.natGateway?.id ?? properties.ipConfiguration?.id;
    const version = properties.publicIPAddressVersion ?? "IPv4";
    return firstOf(
      publicAddress.elsewhere(location, section),
      sku?.name !== "Standard" &&
        publicAddress.failed(`is of SKU ${sku?.name ?? "Basic"}, not Standard`, fix),
      properties.publicIPAllocationMethod !== "Static" && publicAddress.failed("is not static", fix),
      version !== "IPv4" && publicAddress.failed(`is of version ${version}, not IPv4`, fix),
      inNodeGroup(id) &&
        publicAddress.failed(
          "is in the resource group of the nodes, and would be deleted with the cluster",
          fix,
        ),
      user !== undefined && !inNodeGroup(user) && publicAddress.failed(`is in use by ${user}`, fix),
      publicAddress.passed(`${properties.ipAddress ?? "the address"} can be used`),
    );
  },
);

async function findNodeGroup(azure: AzureContext): Promise<string | undefined> {
  const { cluster, prefix, resourceGroup } = azure.section;
  return cluster.existingId === undefined
    ? fixedNames(prefix, resourceGroup.name).nodeResourceGroup
    : (await findCluster(azure, cluster.existingId))?.properties.nodeResourceGroup;
}

const zoneSchema = z.object({
  name: z.string(),
  properties: z.object({ nameServers: z.array(z.string()).nullish() }),
});
const recordSchema = z.object({ id: z.string() });

/** Suits when it has no other records for the hosts. */
export const dnsZone: ExistingPart = new ExistingPart(
  "dnsZone",
  "DNS zone",
  "aks.dns.zoneId",
  ({ dns }) => dns.zoneId,
  async (azure, id) => {
    const zone = await azure.arm.find({ api: "dns", path: id }, zoneSchema);
    if (!zone) return dnsZone.absent(id);
    const records = await takenRecords(azure, id, zone.name);
    const servers = zone.properties.nameServers?.join(", ") ?? "none";
    return records.length > 0
      ? dnsZone.failed(
          `${zone.name} has records already: ${records.join(", ")}`,
          `remove them, or ${setCommand("aks.dns.createRecords", false)} and point them at the address yourself`,
        )
      : dnsZone.passed(`${zone.name} exists; its name servers are ${servers}`);
  },
);

async function takenRecords(azure: AzureContext, id: string, zone: string): Promise<readonly string[]> {
  const { arm, settings, section } = azure;
  const installed = holdsInstallation(await azure.once(listGroupResources), section.prefix);
  if (!section.dns.createRecords || settings.ingress.mode === "existing") return [];
  const hosts = hostsOf(settings);
  // An address that an earlier deployment created is its own; a CNAME never is, and rules an address out.
  const types = installed ? ["CNAME"] : ["A", "CNAME"];
  const found = await Promise.all(
    hosts.flatMap((host) =>
      types.map(async (type) => {
        const path = `${id}/${type}/${relativeName(host, zone)}`;
        return (await arm.find({ api: "dns", path }, recordSchema)) ? [`${type} ${host}`] : [];
      }),
    ),
  );
  return found.flat();
}
