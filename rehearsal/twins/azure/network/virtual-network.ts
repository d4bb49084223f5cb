import { listAt, stringAt, TwinError } from "../../framework";
import { type ArmRequest, type ArmType, networkName } from "../arm/definition";
import { invalidParameter } from "../arm/refusals";
import { below } from "../arm/tables";
import { stableUuid } from "../config";
import { contains, overlap, parseRange } from "./cidr";
import { rangeOfSubnet, usersOfSubnet } from "./subnet-use";

/** A virtual network; its subnets are resources of their own. */
export const virtualNetwork: ArmType = {
  token: "azure-native:network:VirtualNetwork",
  apiVersion: "2024-05-01",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}",
  contract: { library: "network", model: "VirtualNetwork" },
  nameRule: { ...networkName(64), min: 2 },
  located: true,
  outputs: ["etag", "provisioningState", "resourceGuid"],
  latency: { create: 7, update: 7, delete: 10 },
  validate(request) {
    if (listAt(request.inputs, "subnets").length > 0)
      throw new Error(`a rehearsal takes subnets as resources of their own only, not within ${request.id}`);
    const ranges = listAt(request.inputs, "addressSpace", "addressPrefixes").map(String);
    if (ranges.length === 0)
      throw invalidParameter(`Address space of virtual network ${request.id} is empty.`, "NoAddressSpace");
    for (const text of ranges) {
      if (parseRange(text) === undefined)
        throw invalidParameter(
          `Address prefix ${text} is not a valid CIDR of ${request.id}.`,
          "InvalidCIDRNotation",
        );
    }
    requireDisjoint(ranges, request);
    requireCovered(ranges, request);
  },
  compute: ({ id }) => ({
    provisioningState: "Succeeded",
    resourceGuid: stableUuid("network", id),
    etag: `W/"${stableUuid("etag", id)}"`,
  }),
  blockDeletion({ state, id, now }) {
    for (const subnet of below(state, id)) {
      const [user] = usersOfSubnet(state, subnet.id, now);
      if (user !== undefined) throw subnetInUse(subnet.id, user);
    }
  },
};

/** The answer for a subnet that something still uses. */
export function subnetInUse(id: string, user: string): TwinError {
  return new TwinError(
    `Subnet ${id.split("/").at(-1) ?? id} is in use by ${user} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet.`,
    "InUseSubnetCannotBeDeleted",
  );
}

function requireDisjoint(ranges: readonly string[], { id }: ArmRequest): void {
  ranges.forEach((text, index) => {
    const mine = parseRange(text);
    const clash = ranges.slice(index + 1).find((other) => {
      const theirs = parseRange(other);
      return mine !== undefined && theirs !== undefined && overlap(mine, theirs);
    });
    if (clash !== undefined)
      throw invalidParameter(
        `Address prefixes ${text} and ${clash} of ${id} overlap.`,
        "AddressSpaceOverlap",
      );
  });
}

/** A range that a subnet lies in cannot be taken away. */
function requireCovered(ranges: readonly string[], { state, id }: ArmRequest): void {
  for (const subnet of below(state, id)) {
    const inner = rangeOfSubnet(subnet);
    if (inner === undefined) continue;
    const isCovered = ranges.some((text) => {
      const outer = parseRange(text);
      return outer !== undefined && contains(outer, inner);
    });
    if (!isCovered) {
      throw invalidParameter(
        `Deletion of address prefix ${stringAt(subnet.properties, "addressPrefix") ?? ""} is not allowed, for subnet ${subnet.name} uses it.`,
        "InUsePrefixCannotBeDeleted",
      );
    }
  }
}
