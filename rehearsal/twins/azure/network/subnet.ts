import { listAt, sameValue, stringAt, textOf } from "../../framework";
import { type ArmType, networkName } from "../arm/definition";
import { invalidParameter } from "../arm/refusals";
import { below, findResource } from "../arm/tables";
import { parentOfId, sameId } from "../arm/resource-id";
import { contains, overlap, parseRange } from "./cidr";
import { rangeOfSubnet, usersOfSubnet } from "./subnet-use";
import { subnetInUse } from "./virtual-network";

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
