import { z } from "zod";
import { parentId } from "../../../../../config/aks/resource-id";
import { type Finding, failed, passed } from "../../../check";
import type { AzureAccess } from "../session";
import { absent, givenPart } from "./given-part";

const part = givenPart("privateZone", "private DNS zone", "aks.network.privateDnsZoneId");

const zone = z.object({ name: z.string() });
const link = z.object({
  properties: z.object({
    virtualNetwork: z.object({ id: z.string() }).optional(),
    virtualNetworkLinkState: z.string().optional(),
  }),
});

/** Whether the given zone is there, and linked to the network of the database, which it is of no use without. */
export async function privateZoneFinding({ arm, section }: AzureAccess, id: string): Promise<Finding> {
  const [found, links] = await Promise.all([
    arm.find({ api: "privateDns", path: id }, zone),
    arm.findList({ api: "privateDns", path: `${id}/virtualNetworkLinks` }, link),
  ]);
  if (!found || !links) return absent(part, id);
  const { databaseSubnetId } = section.network;
  // A network that is made has no id yet to compare with.
  const network = databaseSubnetId === undefined ? undefined : parentId(databaseSubnetId);
  const mine = links.find(
    ({ properties }) => properties.virtualNetwork?.id.toLowerCase() === network?.toLowerCase(),
  );
  if (network === undefined) return passed(part, `${found.name} is there, with ${links.length} links`);
  const resource = `--resource-group ${id.split("/")[4] ?? ""} --zone-name ${found.name}`;
  if (!mine) {
    return failed(
      part,
      `${found.name} is not linked to ${network}`,
      `run \`az network private-dns link vnet create ${resource} --name spacelift --virtual-network ${network} --registration-enabled false\``,
    );
  }
  const state = mine.properties.virtualNetworkLinkState ?? "Completed";
  if (state !== "Completed") {
    return failed(part, `the link of ${found.name} is ${state}`, "wait some minutes, then look again");
  }
  return passed(part, `${found.name} is linked to the network`);
}
