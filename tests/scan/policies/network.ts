import type { Inventory, RecordedResource } from "../../support/inventory";
import { type Policy, azure, inputAt, objectsAt } from "./policy";

const delegation = "Microsoft.DBforPostgreSQL/flexibleServers";
const ports: readonly string[] = ["5432", "6432"];

type Rule = Readonly<Record<string, unknown>>;

const isDatabases = (subnet: RecordedResource): boolean =>
  objectsAt(subnet, "delegations").some(({ serviceName }) => serviceName === delegation);

/** What an allowing rule lets in that it should not. */
function tooMuch(rule: Rule, sources: readonly unknown[]): readonly string[] {
  const { destinationPortRanges, destinationPortRange } = rule;
  const opened = [
    ...(Array.isArray(destinationPortRanges) ? destinationPortRanges.map(String) : []),
    ...(typeof destinationPortRange === "string" ? [destinationPortRange] : []),
  ];
  const others = opened.filter((port) => !ports.includes(port));
  return [
    ...others.map((port) => `lets in port ${port}`),
    ...(sources.includes(rule["sourceAddressPrefix"]) ? [] : [`from ${String(rule["sourceAddressPrefix"])}`]),
    ...(rule["protocol"] === "Tcp" ? [] : [`by ${String(rule["protocol"])}`]),
  ];
}

const isShut = (rule: Rule): boolean =>
  rule["access"] === "Deny" &&
  rule["protocol"] === "*" &&
  rule["sourceAddressPrefix"] === "VirtualNetwork" &&
  rule["destinationPortRange"] === "*";

function guardViolations(inventory: Inventory, guard: RecordedResource): readonly string[] {
  const sources = inventory.all(azure.subnet).map((subnet) => inputAt(subnet, "addressPrefix"));
  const inbound = objectsAt(guard, "securityRules").filter(({ direction }) => direction === "Inbound");
  const allowed = inbound.filter(({ access }) => access === "Allow");
  const shut = inbound.find(isShut);
  const last = Math.max(...allowed.map(({ priority }) => Number(priority)));
  return [
    ...allowed.flatMap((rule) => tooMuch(rule, sources).map((what) => `${String(rule["name"])} ${what}`)),
    ...(allowed.length > 0 ? [] : ["lets nobody in"]),
    ...(shut && Number(shut["priority"]) > last ? [] : ["does not shut out the rest of the network"]),
  ].map((what) => `${guard.name}: ${what}`);
}

/** Policies about the network. */
export const networkPolicies: readonly Policy[] = [
  {
    title: "puts nothing into the nodes' resource group, which goes with the cluster",
    violations: (inventory: Inventory): readonly string[] => {
      const groups = inventory.all(azure.cluster).map((cluster) => inputAt(cluster, "nodeResourceGroup"));
      return inventory.resources
        .filter((resource) => groups.includes(inputAt(resource, "resourceGroupName")))
        .map(({ name }) => `${name}: goes with the cluster`);
    },
  },
  {
    title: "guards the database's subnet",
    violations: (inventory) =>
      inventory
        .all(azure.subnet)
        .filter((subnet) => isDatabases(subnet) && inputAt(subnet, "networkSecurityGroup.id") === undefined)
        .map(({ name }) => `${name}: has no security group`),
  },
  {
    title: "lets none but nodes and servers reach PostgreSQL, by its ports alone",
    violations: (inventory) =>
      inventory.all(azure.guard).flatMap((guard) => guardViolations(inventory, guard)),
  },
  {
    title: "gives nodes no public address",
    violations: (inventory) =>
      inventory.all(azure.cluster).flatMap((cluster) =>
        objectsAt(cluster, "agentPoolProfiles")
          .filter(({ enableNodePublicIP }) => enableNodePublicIP !== false)
          .map(({ name }) => `${cluster.name}: pool ${String(name)}`),
      ),
  },
];
