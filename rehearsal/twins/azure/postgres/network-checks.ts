import { stringAt } from "../../framework";
import type { ArmRequest } from "../arm/definition";
import { cloudFacts } from "../regions";
import { invalidParameter } from "../arm/refusals";
import { findResource, locationOf } from "../arm/tables";
import { nameOfId, parentOfId } from "../arm/resource-id";
import { delegationsOf, rangeOfSubnet } from "../network/subnet-use";

const SERVICE = "Microsoft.DBforPostgreSQL/flexibleServers";

/** Throws unless subnet and zone of a server in a network are what the service asks for. */
export function checkNetwork({ inputs, state, id, name, location, client }: ArmRequest): void {
  const subnetId = stringAt(inputs, "network", "delegatedSubnetResourceId");
  const zoneId = stringAt(inputs, "network", "privateDnsZoneArmResourceId");
  if (subnetId === undefined && zoneId === undefined) return;
  if (subnetId === undefined)
    throw invalidParameter(`The private zone of ${id} needs a delegated subnet.`, "InvalidParameterValue");
  if (zoneId === undefined)
    throw invalidParameter(
      `The server ${id} in a network needs a private zone.`,
      "EmptyPrivateDnsZoneArmResourceId",
    );
  if (stringAt(inputs, "network", "publicNetworkAccess") === "Enabled")
    throw invalidParameter(
      `The server ${id} in a network cannot have public access.`,
      "ConflictingPublicNetworkAccessAndVirtualNetworkConfiguration",
    );
  const subnet = findResource(state, subnetId);
  if (subnet === undefined || !delegationsOf(subnet).includes(SERVICE))
    throw invalidParameter(
      `The subnet '${subnetId}' of ${id} is not delegated to ${SERVICE}.`,
      "VnetSubnetNotDelegated",
    );
  const range = rangeOfSubnet(subnet);
  if (range === undefined || range.prefix > 28)
    throw invalidParameter(`The subnet '${subnetId}' of ${id} is smaller than /28.`, "SubnetTooSmall");
  const network = locationOf(state, parentOfId(subnetId) ?? "");
  if (network !== location)
    throw invalidParameter(
      `The subnet of ${id} is in ${network ?? "no region"} and the server in ${location ?? ""}.`,
      "VirtualNetworkNotInSameRegion",
    );
  const zone = nameOfId(zoneId).toLowerCase();
  const suffix = `.${cloudFacts[client.cloud].databases}`;
  const isNamedForServer = zone === `${name}${suffix}`.toLowerCase();
  if (!zone.endsWith(suffix) || isNamedForServer)
    throw invalidParameter(
      `Private DNS zone ${nameOfId(zoneId)} is not valid for ${id}: it must end in '${suffix}' and must not be the name of the server.`,
      "PrivateDnsZoneNameNotValid",
    );
}
