import { fixedNames } from "../../components/platform/aks/names";
import {
  addressCount,
  isFree,
  overlaps,
  parseAddress,
  parseRange,
  subnetCapacity,
} from "../../config/aks/cidr";
import { setCommand } from "../../config/problems";
import { type Finding, firstOf } from "../check";
import { ExistingPart } from "./check";
import { wantedPools } from "./nodes";
import { newPart } from "./parts";
import type { AzureContext } from "./session";
import { type Neighbour, readSubnet, type Subnet, takenFinding } from "./subnet";

/** The address of an internal load balancer, when it is to be in a subnet. */
function addressFinding(
  part: ExistingPart,
  { ranges }: Subnet,
  { complete: { address } }: AzureContext,
): Finding | undefined {
  const isHere =
    address.kind === "private" &&
    (part === ingressSubnet ? address.subnet !== undefined : address.subnet === undefined);
  const number = isHere ? parseAddress(address.address) : undefined;
  if (!isHere || number === undefined || ranges.some((range) => isFree(range, number))) return undefined;
  return part.failed(
    `has no place for \`ingress.address\` (${address.address}): it is outside of the subnet, or among the addresses that Azure keeps`,
    setCommand("ingress.address", "<address>"),
  );
}

/** Suits the nodes when it is no service's own, large enough, with the way out that is chosen, and apart from pods and services. */
export const nodeSubnet: ExistingPart = new ExistingPart(
  "nodeSubnet",
  "subnet of the nodes",
  "aks.network.nodeSubnetId",
  ({ network }) => network.nodeSubnetId,
  async (azure, id) => {
    const subnet = await readSubnet(azure, nodeSubnet, id);
    if ("status" in subnet) return subnet;
    const free = freeAddresses(subnet, azure);
    const wanted = mostNodes(azure);
    return firstOf(
      takenFinding(nodeSubnet, subnet),
      wayOutFinding(subnet, azure, id),
      clashFinding([{ name: "", ranges: subnet.ranges }, ...subnet.siblings], azure, "failed"),
      addressFinding(nodeSubnet, subnet, azure),
      free < wanted &&
        nodeSubnet.failed(
          `has ${free} free addresses, and ${wanted} nodes may come, those of an upgrade included`,
          "use a larger subnet, or lower the pools' `maxCount`",
        ),
      // Azure lets them overlap; what is there is then out of reach for pods.
      clashFinding(subnet.peers, azure, "warning"),
      nodeSubnet.passed(`has ${free} free addresses for up to ${wanted} nodes`),
    );
  },
);

function wayOutFinding(
  { hasGateway, hasRoutes }: Subnet,
  { section }: AzureContext,
  id: string,
): Finding | undefined {
  const { outboundType } = section.network;
  const update = `az network vnet subnet update --ids ${id}`;
  if (outboundType === "userAssignedNATGateway" && !hasGateway) {
    return nodeSubnet.failed(
      `has no NAT gateway, by which \`aks.network.outboundType\` lets nodes leave`,
      `run \`${update} --nat-gateway <id>\``,
    );
  }
  if (outboundType === "userDefinedRouting" && !hasRoutes) {
    return nodeSubnet.failed(
      `has no route table, by which \`aks.network.outboundType\` lets nodes leave`,
      `run \`${update} --route-table <id>\``,
    );
  }
  return undefined;
}

function clashFinding(
  neighbours: readonly Neighbour[],
  { complete }: AzureContext,
  status: "failed" | "warning",
): Finding | undefined {
  const cluster = newPart(complete.cluster);
  for (const key of ["podCidr", "serviceCidr"] as const) {
    const range = parseRange(cluster[key]);
    const other = range && neighbours.find(({ ranges }) => ranges.some((each) => overlaps(each, range)));
    if (other) {
      const where = other.name === "" ? "" : `is beside ${other.name}, which `;
      return nodeSubnet[status](
        `${where}overlaps with \`aks.network.${key}\``,
        `${setCommand(`aks.network.${key}`, "<range>")} with a range that nothing uses`,
      );
    }
  }
  return undefined;
}

/** Addresses that nobody uses, or our own nodes do. */
function freeAddresses({ ranges, users }: Subnet, { section }: AzureContext): number {
  const { nodeResourceGroup } = fixedNames(section.prefix, section.resourceGroup.name);
  const ours = `/resourcegroups/${nodeResourceGroup}/`.toLowerCase();
  const others = users.filter((id) => !id.toLowerCase().includes(ours));
  return ranges.reduce((sum, range) => sum + subnetCapacity(range), 0) - others.length;
}

/** An upgrade adds a third of a pool before it takes the old nodes away. */
const mostNodes = ({ complete }: AzureContext): number =>
  wantedPools(complete).reduce((sum, { maxCount }) => sum + maxCount + Math.ceil(maxCount * 0.33), 0);

/** Suits an internal load balancer when it is no service's own and has the address. */
export const ingressSubnet: ExistingPart = new ExistingPart(
  "ingressSubnet",
  "subnet of the load balancer",
  "aks.network.ingressSubnetId",
  ({ network }) => network.ingressSubnetId,
  async (azure, id) => {
    const subnet = await readSubnet(azure, ingressSubnet, id);
    if ("status" in subnet) return subnet;
    return firstOf(
      takenFinding(ingressSubnet, subnet),
      addressFinding(ingressSubnet, subnet, azure),
      ingressSubnet.passed("has a place for the address of the load balancer"),
    );
  },
);

const delegation = "Microsoft.DBforPostgreSQL/flexibleServers";
const smallest = 28;

/** Suits the database when it is delegated to it, and large enough. */
export const databaseSubnet: ExistingPart = new ExistingPart(
  "databaseSubnet",
  "subnet of the database",
  "aks.network.databaseSubnetId",
  ({ network }) => network.databaseSubnetId,
  async (azure, id) => {
    const subnet = await readSubnet(azure, databaseSubnet, id);
    if ("status" in subnet) return subnet;
    const { ranges, delegations } = subnet;
    const addresses = ranges.reduce((sum, range) => sum + addressCount(range), 0);
    return firstOf(
      delegations.every((name) => name.toLowerCase() !== delegation.toLowerCase()) &&
        databaseSubnet.failed(
          `is not delegated to ${delegation}`,
          `run \`az network vnet subnet update --ids ${id} --delegations ${delegation}\``,
        ),
      ranges.every(({ prefix }) => prefix > smallest) &&
        databaseSubnet.failed(
          `is smaller than a /${smallest}, the least that PostgreSQL servers take`,
          `${setCommand(databaseSubnet.key, "<id>")} with a larger subnet`,
        ),
      databaseSubnet.passed(`is delegated, with ${addresses} addresses`),
    );
  },
);
