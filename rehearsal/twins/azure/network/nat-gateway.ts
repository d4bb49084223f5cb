import { listAt, stringAt, TwinError } from "../../framework";
import { type ArmType, networkName } from "../arm/definition";
import { invalidParameter, requireZones, skuName } from "../arm/refusals";
import { allOfType } from "../arm/tables";
import { sameId } from "../arm/resource-id";
import { stableUuid } from "../config";

/** A NAT gateway, through which the nodes of its subnets leave the network. */
export const natGateway: ArmType = {
  token: "azure-native:network:NatGateway",
  apiVersion: "2024-05-01",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/natGateways/{natGatewayName}",
  contract: { library: "network", model: "NatGateway" },
  nameRule: networkName(),
  located: true,
  forceNew: ["sku", "zones"],
  outputs: ["etag", "provisioningState", "resourceGuid"],
  latency: { create: 12, update: 12, delete: 15 },
  validate(request) {
    const { inputs, id } = request;
    requireZones(inputs["zones"], request);
    if (listAt(inputs, "zones").length > 1 && skuName(inputs["sku"]) === "Standard")
      throw invalidParameter(
        `NAT gateway ${id} can be in one zone only or in none.`,
        "NatGatewayMultipleZonesNotSupported",
      );
    if (listAt(inputs, "publicIpAddresses").length + listAt(inputs, "publicIpPrefixes").length === 0)
      throw invalidParameter(`NAT gateway ${id} has no public address.`, "NatGatewayMissingPublicIp");
  },
  compute: ({ id }) => ({
    provisioningState: "Succeeded",
    resourceGuid: stableUuid("nat", id),
    etag: `W/"${stableUuid("etag", id)}"`,
  }),
  blockDeletion({ state, id, name }) {
    const user = allOfType(state, "Microsoft.Network/virtualNetworks/subnets").find(({ properties }) =>
      sameId(stringAt(properties, "natGateway", "id"), id),
    );
    if (user === undefined) return;
    throw new TwinError(
      `NAT gateway ${name} cannot be deleted because it is in use by subnet ${user.id}.`,
      "InUseNatGatewayCannotBeDeleted",
    );
  },
};
