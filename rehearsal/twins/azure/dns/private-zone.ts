import { stringAt, TwinError } from "../../framework";
import { type ArmType, networkName } from "../arm/definition";
import { invalidParameter } from "../arm/refusals";
import { allOfType, below } from "../arm/tables";
import { parentOfId, sameId } from "../arm/resource-id";
import { stableUuid } from "../config";
import { ZONE_NAME } from "./zone-name";

/** A private DNS zone. */
export const privateZone: ArmType = {
  token: "azure-native:privatedns:PrivateZone",
  apiVersion: "2024-06-01",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateDnsZones/{privateZoneName}",
  contract: { library: "privatedns", model: "PrivateZone" },
  nameRule: ZONE_NAME,
  located: true,
  isGlobal: true,
  outputs: [
    "etag",
    "internalId",
    "maxNumberOfRecordSets",
    "maxNumberOfVirtualNetworkLinks",
    "provisioningState",
  ],
  latency: { create: 35, update: 10, delete: 30 },
  compute: ({ id }) => ({
    provisioningState: "Succeeded",
    internalId: stableUuid("zone", id),
    etag: stableUuid("etag", id),
    maxNumberOfRecordSets: 25_000,
    maxNumberOfVirtualNetworkLinks: 1_000,
  }),
  blockDeletion({ state, id }) {
    const links = below(state, id).filter(({ type }) => type.endsWith("/virtualNetworkLinks"));
    if (links.length === 0) return;
    throw new TwinError(
      `Cannot delete resource while nested resources exist. Some existing nested resource IDs include: '${links.map((link) => link.id).join("', '")}'. Please delete all nested resources before deleting this resource.`,
      "CannotDeleteResource",
    );
  },
};

/** A link that lets a virtual network resolve a private zone. */
export const virtualNetworkLink: ArmType = {
  token: "azure-native:privatedns:VirtualNetworkLink",
  apiVersion: "2024-06-01",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}",
  contract: { library: "privatedns", model: "VirtualNetworkLink" },
  nameRule: networkName(),
  located: true,
  isGlobal: true,
  forceNew: ["virtualNetwork"],
  outputs: ["etag", "provisioningState", "virtualNetworkLinkState"],
  latency: { create: 45, update: 30, delete: 40 },
  defaults: () => ({ registrationEnabled: false }),
  validate(request) {
    const { state, id, inputs } = request;
    const network = stringAt(inputs, "virtualNetwork", "id");
    if (network === undefined)
      throw invalidParameter(`The link ${id} names no virtual network.`, "VirtualNetworkMissing");
    const clash = allOfType(state, "Microsoft.Network/privateDnsZones/virtualNetworkLinks").find(
      (other) =>
        !sameId(other.id, id) &&
        sameId(stringAt(other.properties, "virtualNetwork", "id"), network) &&
        zoneNameOf(other.id) === zoneNameOf(id),
    );
    if (clash !== undefined)
      throw new TwinError(
        `A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual network with '${zoneNameOf(id)}' and '${zoneNameOf(clash.id)}' zones.`,
        "BadRequest",
      );
  },
  compute: ({ id }) => ({
    provisioningState: "Succeeded",
    virtualNetworkLinkState: "Completed",
    etag: stableUuid("etag", id),
  }),
};

function zoneNameOf(linkId: string): string {
  return (parentOfId(linkId) ?? "").split("/").at(-1)?.toLowerCase() ?? "";
}
