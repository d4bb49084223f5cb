import { isIP } from "node:net";
import {
  at,
  isProperties,
  listAt,
  type Properties,
  stringAt,
  TwinError,
  type Value,
  textOf,
} from "../../framework";
import { type ArmType, networkName } from "../arm/definition";
import { invalidParameter } from "../arm/refusals";
import { allOfType } from "../arm/tables";
import { sameId } from "../arm/resource-id";
import { stableUuid } from "../config";

const SERVICE_TAGS =
  /^(\*|VirtualNetwork|AzureLoadBalancer|Internet|Storage|AzureActiveDirectory|AzureCloud|AzureMonitor|MicrosoftContainerRegistry|AzureContainerRegistry|Sql|AzureFrontDoor\.\w+)(\.\w+)?$/;

/** A network security group with its rules. */
export const networkSecurityGroup: ArmType = {
  token: "azure-native:network:NetworkSecurityGroup",
  apiVersion: "2024-05-01",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}",
  contract: { library: "network", model: "NetworkSecurityGroup" },
  nameRule: networkName(),
  located: true,
  outputs: ["etag", "provisioningState", "resourceGuid"],
  latency: { create: 5, update: 5, delete: 10 },
  validate({ inputs, id }) {
    const [seen, names] = [new Set<string>(), new Set<string>()];
    for (const rule of listAt(inputs, "securityRules")) {
      const name = stringAt(rule, "name") ?? "";
      if (name === "" || names.has(name))
        throw invalidParameter(
          `The name '${name}' of a security rule of ${id} is missing or occurs twice.`,
          "InvalidRequestFormat",
        );
      names.add(name);
      const place = `${stringAt(rule, "direction") ?? ""} ${textOf(at(rule, "priority") ?? "")}`;
      if (seen.has(place))
        throw invalidParameter(
          `Security rule ${name} of ${id} conflicts with another one: rules cannot have the same priority and direction (${place}).`,
          "SecurityRuleConflict",
        );
      seen.add(place);
      checkRule(rule, name, id);
    }
  },
  compute: ({ id }) => ({
    provisioningState: "Succeeded",
    resourceGuid: stableUuid("nsg", id),
    etag: `W/"${stableUuid("etag", id)}"`,
  }),
  blockDeletion({ state, id, name }) {
    const user = allOfType(state, "Microsoft.Network/virtualNetworks/subnets").find(({ properties }) =>
      sameId(stringAt(properties, "networkSecurityGroup", "id"), id),
    );
    if (user === undefined) return;
    throw new TwinError(
      `Network security group ${name} cannot be deleted because it is in use by the following resources: ${user.id}.`,
      "InUseNetworkSecurityGroupCannotBeDeleted",
    );
  },
};

function checkRule(rule: Value, name: string, id: string): void {
  const priority = at(rule, "priority");
  if (typeof priority !== "number" || priority < 100 || priority > 4096)
    throw invalidParameter(
      `Security rule ${name} of ${id} has invalid Priority ${textOf(priority)}. Value must be between 100 and 4096.`,
      "SecurityRuleInvalidPriority",
    );
  if (!isProperties(rule)) return;
  for (const end of ["source", "destination"]) {
    const addresses = valuesOf(rule, `${end}AddressPrefix`, `${end}AddressPrefixes`);
    const ports = valuesOf(rule, `${end}PortRange`, `${end}PortRanges`);
    const odd = addresses.find((text) => !isAddress(text));
    if (odd !== undefined)
      throw invalidParameter(
        `Security rule ${name} of ${id} has invalid Address prefix. Value provided: ${odd}`,
        "SecurityRuleInvalidAddressPrefix",
      );
    const oddPort = ports.find((text) => !isPortRange(text));
    if (oddPort !== undefined)
      throw invalidParameter(
        `Security rule ${name} of ${id} has invalid Port range. Value provided: ${oddPort}. Value should be an integer OR integer range with '-' delimiter. Valid range 0-65535.`,
        "SecurityRuleInvalidPortRange",
      );
    const hasGroups = listAt(rule, `${end}ApplicationSecurityGroups`).length > 0;
    if (ports.length === 0 || (addresses.length === 0 && !hasGroups))
      throw invalidParameter(
        `Security rule ${name} of ${id} must specify the ${end} addresses and ports.`,
        "SecurityRuleParameterMissing",
      );
  }
}

function valuesOf(rule: Properties, one: string, many: string): string[] {
  const single = stringAt(rule, one);
  return [...listAt(rule, many).map(String), ...(single === undefined || single === "" ? [] : [single])];
}

function isAddress(text: string): boolean {
  const [address = "", prefix, ...rest] = text.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return SERVICE_TAGS.test(text);
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}

function isPortRange(text: string): boolean {
  if (text === "*") return true;
  const [first, last, ...rest] = text.split("-").map((part) => (/^\d{1,5}$/.test(part) ? Number(part) : NaN));
  if (first === undefined || rest.length > 0) return false;
  return first <= (last ?? first) && (last ?? first) <= 65_535;
}
