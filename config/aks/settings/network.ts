import { z } from "zod";
import { exampleId, ipv4Address, ipv4Range, resourceId } from "../formats";
import { field } from "../../formats";
import { defaults } from "../sizes";

const subnet = "Microsoft.Network/virtualNetworks/subnets";
const zone = "Microsoft.Network/privateDnsZones";
const publicIp = "Microsoft.Network/publicIPAddresses";

/** `spacelift:aks.network`: the virtual network, or the existing parts of one. */
export const network = z.strictObject({
  addressSpace: field(
    ipv4Range.optional(),
    `Range of the virtual network. Default: ${defaults.addressSpace}. Not to be changed later.`,
    defaults.addressSpace,
  ),
  nodeCidr: field(
    ipv4Range.optional(),
    `Range of the nodes' subnet. Default: ${defaults.nodeCidr}, for 1019 nodes. Not to be changed later.`,
    defaults.nodeCidr,
  ),
  databaseCidr: field(
    ipv4Range.optional(),
    `Range of the subnet delegated to PostgreSQL, /28 or larger. Default: ${defaults.databaseCidr}. Not to be changed later.`,
    defaults.databaseCidr,
  ),
  podCidr: field(
    ipv4Range.optional(),
    `Range of the pods, of which each node takes a /24. Default: ${defaults.podCidr}, for 256 nodes. Not to be changed later.`,
    defaults.podCidr,
  ),
  serviceCidr: field(
    ipv4Range.optional(),
    `Range of the Kubernetes services. Default: ${defaults.serviceCidr}. Not to be changed later.`,
    defaults.serviceCidr,
  ),
  dnsServiceIp: field(
    ipv4Address.optional(),
    "Address of the cluster's DNS service. Default: the tenth of `serviceCidr`.",
    "10.245.0.10",
  ),
  reachableRanges: field(
    z.array(ipv4Range).default([]),
    "Ranges of peered and on-premises networks: nothing here may overlap with them.",
    ["10.0.0.0/16"],
  ),
  natGateway: field(
    z.boolean().default(false),
    "Leave through a NAT gateway with an address of its own, to be allowed at VCS providers. Not to be changed later.",
  ),
  outboundType: field(
    z.enum(["loadBalancer", "userAssignedNATGateway", "userDefinedRouting"]).optional(),
    `How nodes leave \`nodeSubnetId\`: by a load balancer that AKS creates, by the NAT gateway or by the route table of your subnet. Default: \`${defaults.outboundType}\`. Not to be changed later.`,
    "userDefinedRouting",
  ),
  nodeSubnetId: field(
    resourceId(subnet).optional(),
    "Subnet of yours for the nodes. Comes with `databaseSubnetId`, unless the database exists already.",
    exampleId(subnet, "corporate", "aks"),
  ),
  databaseSubnetId: field(
    resourceId(subnet).optional(),
    "Subnet of yours that is delegated to Microsoft.DBforPostgreSQL/flexibleServers.",
    exampleId(subnet, "corporate", "postgres"),
  ),
  privateDnsZoneId: field(
    resourceId(zone).optional(),
    "Private DNS zone of yours for the database. Linked to a network that is created; to a network of yours, you link it.",
    exampleId(zone, "spacelift.private.postgres.database.azure.com"),
  ),
  ingressSubnetId: field(
    resourceId(subnet).optional(),
    "Subnet of yours for the load balancer of `ingress.internal`, in the network of `nodeSubnetId`. The cluster becomes Network Contributor of it. Default: that of the nodes.",
    exampleId(subnet, "corporate", "ingress"),
  ),
  publicIpId: field(
    resourceId(publicIp).optional(),
    "Static public address of yours for the ingress controller, of SKU Standard and outside the nodes' resource group. The cluster becomes Network Contributor of its resource group.",
    exampleId(publicIp, "spacelift"),
  ),
});
