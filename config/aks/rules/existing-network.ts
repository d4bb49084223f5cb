import { postgresDomains } from "../regions";
import { parentId, parseResourceId } from "../formats";
import { type Problem, removeCommand, setCommand } from "../../problems";
import { aksRule } from "../../rules/rule";

const key = (name: string): string => `aks.network.${name}`;

const subnets = aksRule(({ section: { network }, complete }) => {
  const { nodeSubnetId, databaseSubnetId } = network;
  const problems: Problem[] = [];
  const isNewDatabase = complete.database.kind === "new";
  const isNewCluster = complete.cluster.kind === "new";
  if (nodeSubnetId !== undefined && databaseSubnetId === undefined && isNewDatabase) {
    problems.push({
      key: key("databaseSubnetId"),
      problem: "is missing: with a subnet of yours for the nodes, the database needs one in the same network",
      fix: `set it to the id of a subnet delegated to Microsoft.DBforPostgreSQL/flexibleServers, or give the secret \`databaseUrl\``,
    });
  }
  if (databaseSubnetId !== undefined && nodeSubnetId === undefined && isNewCluster) {
    problems.push({
      key: key("nodeSubnetId"),
      problem: "is missing: with a subnet of yours for the database, the nodes need one in the same network",
      fix: `set it to the id of a subnet, or ${removeCommand(key("databaseSubnetId"))}`,
    });
  }
  if (databaseSubnetId !== undefined && !isNewDatabase) {
    problems.push({
      key: key("databaseSubnetId"),
      problem: "has no use: the secret `databaseUrl` names an existing database",
      fix: removeCommand(key("databaseSubnetId")),
    });
  }
  if (nodeSubnetId !== undefined && nodeSubnetId.toLowerCase() === databaseSubnetId?.toLowerCase()) {
    problems.push({
      key: key("databaseSubnetId"),
      problem: "must be another subnet than `nodeSubnetId`: it is delegated to PostgreSQL",
      fix: "set it to the id of a delegated subnet",
    });
  } else if (
    nodeSubnetId !== undefined &&
    databaseSubnetId !== undefined &&
    parentId(nodeSubnetId).toLowerCase() !== parentId(databaseSubnetId).toLowerCase()
  ) {
    problems.push({
      key: key("databaseSubnetId"),
      problem: "must be in the virtual network of `nodeSubnetId`",
      fix: "set it to the id of a subnet of that network",
    });
  }
  if (complete.network.kind === "existing") {
    for (const name of ["addressSpace", "nodeCidr", "databaseCidr"] as const) {
      if (network[name] !== undefined) {
        problems.push({
          key: key(name),
          problem: "has no use: the network exists already",
          fix: removeCommand(key(name)),
        });
      }
    }
    if (network.natGateway && isNewCluster) {
      problems.push({
        key: key("natGateway"),
        problem: "contradicts `nodeSubnetId`: a subnet of yours has a gateway of yours",
        fix: `${removeCommand(key("natGateway"))}, and if there is one ${setCommand(key("outboundType"), "userAssignedNATGateway")}`,
      });
    }
  }
  if (network.outboundType !== undefined && nodeSubnetId === undefined) {
    problems.push({
      key: key("outboundType"),
      problem: "has no use: without `nodeSubnetId`, `natGateway` decides how nodes leave",
      fix: removeCommand(key("outboundType")),
    });
  }
  return problems;
});

const zoneNames = aksRule(({ section, complete }) => {
  const { privateDnsZoneId } = section.network;
  if (privateDnsZoneId === undefined) return [];
  const name = parseResourceId(privateDnsZoneId)?.name ?? "";
  if (complete.database.kind === "existing") {
    return [
      {
        key: key("privateDnsZoneId"),
        problem: "has no use: the secret `databaseUrl` names an existing database",
        fix: removeCommand(key("privateDnsZoneId")),
      },
    ];
  }
  const domain = postgresDomains[section.cloud];
  return name.toLowerCase().endsWith(`.${domain}`)
    ? []
    : [
        {
          key: key("privateDnsZoneId"),
          problem: `must be a zone below ${domain}, got "${name}"`,
          fix: removeCommand(key("privateDnsZoneId")),
        },
      ];
});

/** Names of subnets that belong to one service of Azure, which lets nothing else in. */
const keptNames: Readonly<Record<string, string>> = {
  azurebastionsubnet: "Bastion hosts",
  azurefirewallmanagementsubnet: "firewalls",
  azurefirewallsubnet: "firewalls",
  gatewaysubnet: "gateways",
  routeserversubnet: "route servers",
};

/** Longest value of a label, which AKS makes of the names of a node's subnet, network and resource group. */
const longestLabel = 63;

const subnetNames = aksRule(({ section: { network } }) => {
  const { nodeSubnetId, databaseSubnetId, ingressSubnetId } = network;
  const problems: Problem[] = [];
  for (const [name, id] of Object.entries({ nodeSubnetId, databaseSubnetId, ingressSubnetId })) {
    const subnet = id === undefined ? undefined : parseResourceId(id);
    const service = keptNames[subnet?.name.toLowerCase() ?? ""];
    if (service !== undefined) {
      problems.push({
        key: key(name),
        problem: `must not be ${subnet?.name ?? ""}, a name that Azure keeps for ${service}`,
        fix: "set it to the id of another subnet",
      });
    }
    const long = [subnet?.resourceGroup ?? "", ...(subnet?.names ?? [])].find(
      (each) => each.length > longestLabel,
    );
    if (name === "nodeSubnetId" && long !== undefined) {
      problems.push({
        key: key(name),
        problem: `must have names of at most ${longestLabel} characters, as nodes get them as labels, got "${long}"`,
        fix: "set it to the id of a subnet with shorter names",
      });
    }
  }
  if (ingressSubnetId !== undefined && ingressSubnetId.toLowerCase() === databaseSubnetId?.toLowerCase()) {
    problems.push({
      key: key("ingressSubnetId"),
      problem: "must be another subnet than `databaseSubnetId`: it is delegated to PostgreSQL",
      fix: "set it to the id of a subnet that is not delegated",
    });
  }
  return problems;
});

/** Rules about existing subnets and an existing private DNS zone. */
export const existingNetworkRules = [subnets, subnetNames, zoneNames];
