import { listAt, stringAt, TwinError } from "../../framework";
import { type ArmType, networkName } from "../arm/definition";
import { invalidParameter, requireZones, skuName } from "../arm/refusals";
import { sameId } from "../arm/resource-id";
import { allOfType, locationOf } from "../arm/tables";
import { frontendsOf } from "../cluster/integration";
import { stableUuid } from "../config";

/** A public IP address. */
export const publicIpAddress: ArmType = {
  token: "azure-native:network:PublicIPAddress",
  apiVersion: "2024-05-01",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/publicIPAddresses/{publicIpAddressName}",
  contract: { library: "network", model: "PublicIPAddress" },
  nameRule: networkName(),
  located: true,
  forceNew: ["sku", "publicIPAddressVersion", "publicIPPrefix"],
  outputs: ["ipAddress", "etag", "provisioningState", "resourceGuid"],
  latency: { create: 4, update: 4, delete: 10 },
  defaults: () => ({
    idleTimeoutInMinutes: 4,
    publicIPAddressVersion: "IPv4",
    publicIPAllocationMethod: "Dynamic",
  }),
  validate(request) {
    const { inputs, id, state, location } = request;
    requireZones(inputs["zones"], request);
    const isStandard = (stringAt(inputs, "sku", "name") ?? "Basic") !== "Basic";
    if (!isStandard)
      throw invalidParameter(
        `Basic SKU public IP addresses can no longer be made: ${id}.`,
        "BasicSkuRetired",
      );
    if (stringAt(inputs, "publicIPAllocationMethod") !== "Static")
      throw invalidParameter(
        `Standard sku publicIp ${id} has AllocationMethod set to Dynamic. Standard sku publicIps must have AllocationMethod set to Static.`,
        "StandardSkuPublicIPAddressAllocationMethodMustBeStatic",
      );
    const idle = inputs["idleTimeoutInMinutes"];
    if (typeof idle === "number" && (idle < 4 || idle > 30))
      throw invalidParameter(
        `The idle timeout of ${id} must be 4 to 30 minutes, not ${idle}.`,
        "PublicIPAddressIdleTimeoutOutOfRange",
      );
    const label = stringAt(inputs, "dnsSettings", "domainNameLabel");
    if (label === undefined) return;
    if (!/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/.test(label))
      throw invalidParameter(
        `The domain name label ${label} for ${id} is invalid.`,
        "InvalidDomainNameLabel",
      );
    const isTaken = allOfType(state, "Microsoft.Network/publicIPAddresses").some(
      (other) =>
        !sameId(other.id, id) &&
        locationOf(state, other.id) === location &&
        stringAt(other.properties, "dnsSettings", "domainNameLabel") === label,
    );
    if (isTaken)
      throw invalidParameter(
        `DNS record ${label}.${location ?? ""}.cloudapp.azure.com is already used by another public IP.`,
        "DnsRecordInUse",
      );
  },
  validateUpdate({ inputs, before, id }) {
    const [old, now] = [before.properties, inputs].map((each) =>
      listAt(each, "zones").map(String).sort().join(),
    );
    if (old !== now)
      throw invalidParameter(
        `Resource ${id} has an existing availability zone constraint ${old ?? ""} and the request has availability zone constraint ${now ?? ""}, which do not match.`,
        "ResourceAvailabilityZonesCannotBeModified",
      );
  },
  compute({ id, state, inputs, location }, before) {
    const label = stringAt(inputs, "dnsSettings", "domainNameLabel");
    return {
      ipAddress: stringAt(before?.computed, "ipAddress") ?? freeAddress(usedAddresses(state)),
      provisioningState: "Succeeded",
      resourceGuid: stableUuid("ip", id),
      etag: `W/"${stableUuid("etag", id)}"`,
      ...(label === undefined
        ? {}
        : { dnsSettings: { fqdn: `${label}.${location ?? ""}.cloudapp.azure.com` } }),
    };
  },
  blockDeletion({ state, id, name, record }) {
    const gateway = allOfType(state, "Microsoft.Network/natGateways").find(({ properties }) =>
      listAt(properties, "publicIpAddresses").some((each) => sameId(stringAt(each, "id"), id)),
    );
    const [service] = frontendsOf(state, stringAt(record.computed, "ipAddress") ?? "");
    const user =
      gateway?.id ?? (service === undefined ? undefined : `the load balancer of service ${service}`);
    if (user === undefined) return;
    throw new TwinError(
      `Public IP address ${id} can not be deleted since it is still allocated to resource ${user}. In order to delete the public IP, disassociate/detach the Public IP address from the resource: ${name}.`,
      "PublicIPAddressCannotBeDeleted",
    );
  },
};

/** The addresses that are taken. */
export function usedAddresses(state: Parameters<typeof allOfType>[0]): ReadonlySet<string> {
  return new Set(
    allOfType(state, "Microsoft.Network/publicIPAddresses").map(
      ({ computed }) => stringAt(computed, "ipAddress") ?? "",
    ),
  );
}

/** The next address of a range that is kept for documentation, by its first three parts. */
export function freeAddress(used: ReadonlySet<string>, range = "198.51.100"): string {
  for (let host = 4; host < 255; host += 1) {
    const address = `${range}.${host}`;
    if (!used.has(address)) return address;
  }
  throw new TwinError("No more public IP addresses are to be had.", "PublicIPCountLimitReached");
}

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
