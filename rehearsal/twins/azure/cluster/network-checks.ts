import { at, isProperties, listAt, type Properties, stringAt } from "../../framework";
import type { ArmRequest } from "../arm/definition";
import { invalidParameter } from "../arm/refusals";
import { below, findResource } from "../arm/tables";
import { groupOfId, nameOfId, parentOfId, sameId } from "../arm/resource-id";
import { overlap, parseAddress, parseRange, type Range, rangeOfSubnet } from "../network/ranges";
import { mostNodes } from "./pool-checks";

// What the service keeps for itself.
const RESERVED = ["169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24"];
const POD_RANGE_OF_A_NODE = 24;
const ADDRESSES_AZURE_KEEPS = 5;
const LONGEST_LABEL = 63;

/** A pool on its own that is being made or changed. */
export type Pool = Pick<ArmRequest, "id" | "inputs">;

/** Throws unless the ranges of a cluster are what the service and its neighbours leave free, also for a pool to come. */
export function checkClusterNetwork(request: ArmRequest, pool?: Pool): void {
  const { inputs, id } = request;
  const refuse = (complaint: string, code: string): never => {
    throw invalidParameter(`${complaint} (${id})`, code);
  };
  const pods = range(inputs, "podCidr", "10.244.0.0/16", refuse);
  const services = range(inputs, "serviceCidr", "10.0.0.0/16", refuse);
  if (services.prefix <= 12) refuse("The service CIDR must be smaller than /12.", "ServiceCidrTooLarge");
  if (overlap(pods, services))
    refuse("The pod CIDR overlaps with the service CIDR.", "ServiceCidrOverlapPodCidr");
  checkDnsAddress(inputs, services, refuse);
  const pools = poolsOf(request, pool);
  const spaces = networkSpaces(request, pools);
  for (const [what, mine] of [
    ["pod", pods],
    ["service", services],
  ] as const) {
    const reserved = RESERVED.find((text) => overlaps(mine, text));
    if (reserved !== undefined)
      refuse(`The ${what} CIDR overlaps with ${reserved}, which is reserved.`, "ReservedCidr");
    const space = spaces.find((text) => overlaps(mine, text));
    if (space !== undefined)
      refuse(
        `The ${what} CIDR overlaps with the virtual network (${space}).`,
        "CidrOverlapExistingSubnetsCidr",
      );
  }
  checkCapacity(request, pods, pools, refuse);
  checkPlugins(inputs, refuse);
  checkOutbound(request, pools, refuse);
  checkLabels(request, pools, refuse);
}

/** The pools of a cluster, those on their own included; one that is being changed as it is to be. */
function poolsOf({ inputs, state, id }: ArmRequest, pool: Pool | undefined): Properties[] {
  return [
    ...listAt(inputs, "agentPoolProfiles").filter(isProperties),
    ...below(state, id)
      .filter((each) => each.type.endsWith("/agentPools") && !sameId(each.id, pool?.id))
      .map(({ properties }) => properties),
    ...(pool === undefined ? [] : [pool.inputs]),
  ];
}

/** With overlay, the names of group, network and subnet become labels of the nodes, which are short. */
function checkLabels({ inputs, id }: ArmRequest, pools: readonly Properties[], refuse: Refuse): void {
  if (stringAt(inputs, "networkProfile", "networkPluginMode") !== "overlay") return;
  for (const subnet of nodeSubnets(pools)) {
    const names = [groupOfId(id) ?? "", groupOfId(subnet) ?? "", parentOfId(subnet) ?? "", subnet].map(
      nameOfId,
    );
    const long = names.find((name) => name.length > LONGEST_LABEL);
    if (long !== undefined)
      refuse(
        `The name '${long}' has more than ${LONGEST_LABEL} characters, and nodes get it as a label.`,
        "InvalidParameter",
      );
  }
}

type Refuse = (complaint: string, code: string) => never;

function range(inputs: Properties, key: string, preset: string, refuse: Refuse): Range {
  const text = stringAt(inputs, "networkProfile", key) ?? preset;
  return parseRange(text) ?? refuse(`The ${key} '${text}' is no valid CIDR.`, "InvalidCIDRNotation");
}

function overlaps(mine: Range, text: string): boolean {
  const theirs = parseRange(text);
  return theirs !== undefined && overlap(mine, theirs);
}

function checkDnsAddress(inputs: Properties, services: Range, refuse: Refuse): void {
  const text = stringAt(inputs, "networkProfile", "dnsServiceIP") ?? "10.0.0.10";
  const address = parseAddress(text);
  const isInside = address !== undefined && address > services.first && address < services.last;
  if (!isInside)
    refuse(`The DNS service IP ${text} is not within the service CIDR.`, "DnsServiceIpOutOfServiceCidr");
  if (address === services.first + 1)
    refuse(
      `The DNS service IP ${text} is the first of the service CIDR, which Kubernetes takes.`,
      "InvalidDnsServiceIP",
    );
}

function networkSpaces({ state }: ArmRequest, pools: readonly Properties[]): string[] {
  return nodeSubnets(pools).flatMap((subnet) =>
    listAt(findResource(state, parentOfId(subnet))?.properties, "addressSpace", "addressPrefixes").map(
      String,
    ),
  );
}

function nodeSubnets(pools: readonly Properties[]): string[] {
  return pools.flatMap((pool) => stringAt(pool, "vnetSubnetID") ?? []);
}

/** Overlay gives each node a range of its own, and the node itself an address of its subnet. */
function checkCapacity(
  { inputs, state }: ArmRequest,
  pods: Range,
  pools: readonly Properties[],
  refuse: Refuse,
): void {
  const nodes = pools.reduce((sum, pool) => sum + mostNodes(pool), 0);
  const room = 2 ** (POD_RANGE_OF_A_NODE - pods.prefix);
  if (stringAt(inputs, "networkProfile", "networkPluginMode") === "overlay" && nodes > room)
    refuse(
      `The pod CIDR has room for ${room} nodes, and the pools may have ${nodes}.`,
      "InsufficientPodCidr",
    );
  for (const subnetId of new Set(nodeSubnets(pools))) {
    const subnet = findResource(state, subnetId);
    const space = subnet === undefined ? undefined : rangeOfSubnet(subnet);
    if (space === undefined) continue;
    const inSubnet = pools.filter((pool) => sameId(stringAt(pool, "vnetSubnetID"), subnetId));
    const wanted = inSubnet.reduce((sum, pool) => sum + mostNodes(pool), 0);
    const free = space.last - space.first + 1 - ADDRESSES_AZURE_KEEPS;
    if (wanted > free)
      refuse(
        `The subnet ${subnetId} has ${free} addresses, and its pools may need ${wanted}.`,
        "InsufficientSubnetSize",
      );
  }
}

function checkPlugins(inputs: Properties, refuse: Refuse): void {
  const profile = at(inputs, "networkProfile");
  const [plugin, mode, dataplane, policy] = [
    "networkPlugin",
    "networkPluginMode",
    "networkDataplane",
    "networkPolicy",
  ].map((key) => stringAt(profile, key));
  if (mode === "overlay" && plugin !== "azure")
    refuse("networkPluginMode overlay needs the networkPlugin azure.", "InvalidNetworkPluginMode");
  if (dataplane === "cilium" && plugin !== "azure")
    refuse("networkDataplane cilium needs the networkPlugin azure.", "InvalidNetworkDataplane");
  if ((dataplane === "cilium") !== (policy === "cilium") && policy !== undefined)
    refuse(
      `networkPolicy ${policy} does not go with networkDataplane ${dataplane ?? "azure"}.`,
      "InvalidNetworkPolicy",
    );
}

function checkOutbound({ inputs, state }: ArmRequest, pools: readonly Properties[], refuse: Refuse): void {
  const outbound = stringAt(inputs, "networkProfile", "outboundType") ?? "loadBalancer";
  const subnets = nodeSubnets(pools).map((subnet) => findResource(state, subnet)?.properties);
  if (
    outbound === "userAssignedNATGateway" &&
    subnets.some((each) => at(each, "natGateway", "id") === undefined)
  )
    refuse(
      "outboundType userAssignedNATGateway needs a NAT gateway on the subnet.",
      "InvalidUserAssignedNATGatewayOutbound",
    );
  if (outbound === "userDefinedRouting" && subnets.some((each) => at(each, "routeTable", "id") === undefined))
    refuse(
      "outboundType userDefinedRouting needs a route table on the subnet.",
      "ExistingRouteTableNotAssociatedWithSubnet",
    );
  if (outbound === "managedNATGateway" && subnets.length > 0)
    refuse(
      "outboundType managedNATGateway cannot be used with subnets of one's own.",
      "ManagedNATGatewayNotSupported",
    );
}
