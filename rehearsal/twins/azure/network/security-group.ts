import { at, isProperties, listAt, stringAt, TwinError, type Value, textOf } from "../../framework";
import type { ArmType } from "../arm/definition";
import { invalidParameter } from "../arm/errors";
import { allOfType } from "../arm/lookup";
import { networkName } from "../arm/naming";
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
    const seen = new Set<string>();
    for (const rule of listAt(inputs, "securityRules")) {
      const name = stringAt(rule, "name") ?? "";
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
    const many = listAt(rule, `${end}AddressPrefixes`).map(String);
    const one = stringAt(rule, `${end}AddressPrefix`);
    const wrong = [...many, ...(one === undefined ? [] : [one])].find(
      (text) => !SERVICE_TAGS.test(text) && !/^\d+\.\d+\.\d+\.\d+(\/\d+)?$/.test(text),
    );
    if (wrong !== undefined)
      throw invalidParameter(
        `Security rule ${name} of ${id} has invalid Address prefix. Value provided: ${wrong}`,
        "SecurityRuleInvalidAddressPrefix",
      );
    const hasPorts = rule[`${end}PortRange`] !== undefined || listAt(rule, `${end}PortRanges`).length > 0;
    const hasGroups = listAt(rule, `${end}ApplicationSecurityGroups`).length > 0;
    if (!hasPorts || (one === undefined && many.length === 0 && !hasGroups))
      throw invalidParameter(
        `Security rule ${name} of ${id} must specify the ${end} addresses and ports.`,
        "SecurityRuleParameterMissing",
      );
  }
}
