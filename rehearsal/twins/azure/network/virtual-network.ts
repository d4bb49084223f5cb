import { listAt, sameValue, stringAt, textOf, TwinError } from "../../framework";
import { type ArmRequest, type ArmType, networkName } from "../arm/definition";
import { invalidParameter } from "../arm/refusals";
import { parentOfId, sameId } from "../arm/resource-id";
import { below, findResource } from "../arm/tables";
import { stableUuid } from "../config";
import { contains, overlap, parseRange, rangeOfSubnet, usersOfSubnet } from "./ranges";

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

/** A subnet of a virtual network. */
export const subnet: ArmType = {
  token: "azure-native:network:Subnet",
  apiVersion: "2024-05-01",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
  contract: { library: "network", model: "Subnet" },
  nameRule: networkName(),
  outputs: ["etag", "provisioningState"],
  latency: { create: 5, update: 5, delete: 10 },
  // Writes to one network follow each other; the provider waits its turn.
  claims: (_operation, id) => [
    {
      key: `network ${parentOfId(id) ?? ""}`.toLowerCase(),
      code: "AnotherOperationInProgress",
      message: `Another operation on this or dependent resource is in progress: ${parentOfId(id) ?? ""}.`,
    },
  ],
  validate({ state, id, inputs }) {
    const text = stringAt(inputs, "addressPrefix") ?? listAt(inputs, "addressPrefixes").map(String)[0];
    const range = text === undefined ? undefined : parseRange(text);
    if (text === undefined || range === undefined)
      throw invalidParameter(
        `The address prefix ${text ?? ""} of ${id} is no valid CIDR.`,
        "InvalidCIDRNotation",
      );
    if (range.prefix > 29) throw invalidParameter(`The subnet ${id} is smaller than /29.`, "SubnetTooSmall");
    const network = parentOfId(id) ?? "";
    const space = listAt(findResource(state, network)?.properties, "addressSpace", "addressPrefixes");
    const isInside = space.some((outer) => {
      const parsed = parseRange(textOf(outer));
      return parsed !== undefined && contains(parsed, range);
    });
    if (!isInside)
      throw invalidParameter(
        `Subnet '${id}' is not valid because its IP address range is outside the IP address range of virtual network.`,
        "NetcfgInvalidSubnet",
      );
    for (const other of below(state, network)) {
      const theirs = rangeOfSubnet(other);
      if (!sameId(other.id, id) && theirs !== undefined && overlap(range, theirs))
        throw invalidParameter(
          `Subnet '${id}' is not valid because its IP address range overlaps with that of an existing subnet '${other.name}'.`,
          "NetcfgInvalidSubnet",
        );
    }
  },
  validateUpdate({ state, id, inputs, before, now }) {
    const [wasOpen, isOpen] = [before.properties, inputs].map(
      (each) => each["defaultOutboundAccess"] ?? true,
    );
    if (wasOpen !== isOpen)
      throw invalidParameter(
        `The property 'defaultOutboundAccess' of subnet ${before.name} cannot be changed once the subnet is made.`,
        "PropertyChangeNotAllowed",
      );
    const [user] = usersOfSubnet(state, id, now);
    if (user === undefined) return;
    const prefixes = ["addressPrefix", "addressPrefixes"];
    if (prefixes.some((key) => !sameValue(inputs[key], before.properties[key])))
      throw invalidParameter(
        `Subnet ${before.name} is in use by ${user} and cannot be updated.`,
        "InUseSubnetCannotBeUpdated",
      );
    if (!sameValue(inputs["delegations"], before.properties["delegations"]))
      throw invalidParameter(
        `Cannot change the delegations of subnet ${before.name}, for ${user} uses it.`,
        "SubnetMissingRequiredDelegation",
      );
  },
  compute: ({ id }) => ({ provisioningState: "Succeeded", etag: `W/"${id.length}"` }),
  blockDeletion({ state, id, now }) {
    const [user] = usersOfSubnet(state, id, now);
    if (user !== undefined) throw subnetInUse(id, user);
  },
};
