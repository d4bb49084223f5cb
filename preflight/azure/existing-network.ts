import { z } from "zod";
import { relativeName } from "../../components/platform/aks/dns";
import { fixedNames } from "../../components/platform/aks/names";
import { parentId } from "../../config/aks/formats";
import { hostsOf } from "../../config/settings";
import { setCommand } from "../../config/problems";
import { firstOf } from "../check";
import { ExistingPart } from "./check";
import { findCluster } from "./kubernetes";
import { holdsInstallation, listGroupResources } from "./parts";
import type { AzureContext } from "./session";

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
  sku: z.object({ name: z.string(), tier: z.string().optional() }).optional(),
  properties: z.object({
    publicIPAllocationMethod: z.string().optional(),
    publicIPAddressVersion: z.string().optional(),
    ipAddress: z.string().nullish(),
    ipConfiguration: z.object({ id: z.string() }).nullish(),
    natGateway: z.object({ id: z.string() }).nullish(),
  }),
});

/** Suits a load balancer of the cluster when it is Standard, regional, static, IPv4, and nobody else's. */
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
      sku?.tier === "Global" &&
        publicAddress.failed("is of tier Global, which only a load balancer across regions takes", fix),
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
  if (!section.dns.createRecords) return [];
  const { ingress, mqtt } = settings;
  const hosts = [
    ...(ingress.mode === "existing" ? [] : hostsOf(settings)),
    ...(mqtt.staticAddress && mqtt.domain !== undefined ? [mqtt.domain] : []),
  ];
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
