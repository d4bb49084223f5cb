import { configuredAks, given, givenIds } from "../../../support/azure-configurations";
import { rejects, section, wrongFrom } from "../../../support/wrong-configurations";

const wrong = wrongFrom(configuredAks);
const aks = section("aks");
const network = section("aks", "network");
const subnetNamed = (name: string): string =>
  given("Microsoft.Network/virtualNetworks/subnets", "corporate", name);

describe("rules of a network that is given on Azure", () => {
  rejects([
    wrong(
      "a way out for a network that is made",
      network({ outboundType: "userDefinedRouting" }),
      "`spacelift:aks.network.outboundType`: has no use: without `nodeSubnetId`, `natGateway` decides how nodes leave; run `pulumi config rm --path spacelift:aks.network.outboundType`",
    ),
    wrong(
      "a private zone of another cloud",
      aks({
        cloud: "china",
        location: "chinanorth3",
        network: { privateDnsZoneId: givenIds.privateZone },
      }),
      '`spacelift:aks.network.privateDnsZoneId`: must be a zone below postgres.database.chinacloudapi.cn, got "pg.private.postgres.database.azure.com"; run `pulumi config rm --path spacelift:aks.network.privateDnsZoneId`',
    ),
    wrong(
      "a subnet for the nodes without one for the database",
      network({ nodeSubnetId: givenIds.nodeSubnet }),
      "`spacelift:aks.network.databaseSubnetId`: is missing: with a subnet of yours for the nodes, the database needs one in the same network; set it to the id of a subnet delegated to Microsoft.DBforPostgreSQL/flexibleServers, or give the secret `databaseUrl`",
    ),
    wrong(
      "a subnet for the database without one for the nodes",
      network({ databaseSubnetId: givenIds.databaseSubnet }),
      "`spacelift:aks.network.nodeSubnetId`: is missing: with a subnet of yours for the database, the nodes need one in the same network; set it to the id of a subnet, or run `pulumi config rm --path spacelift:aks.network.databaseSubnetId`",
    ),
    wrong(
      "subnets in two networks",
      network({
        nodeSubnetId: givenIds.nodeSubnet,
        databaseSubnetId: given("Microsoft.Network/virtualNetworks/subnets", "other", "postgres"),
      }),
      "`spacelift:aks.network.databaseSubnetId`: must be in the virtual network of `nodeSubnetId`; set it to the id of a subnet of that network",
    ),
    wrong(
      "one subnet for both",
      network({ nodeSubnetId: givenIds.nodeSubnet, databaseSubnetId: givenIds.nodeSubnet }),
      "`spacelift:aks.network.databaseSubnetId`: must be another subnet than `nodeSubnetId`: it is delegated to PostgreSQL; set it to the id of a delegated subnet",
    ),
    wrong(
      "one subnet for database and load balancer",
      {
        ingress: { internal: true, address: "10.50.4.20" },
        ...network({
          nodeSubnetId: givenIds.nodeSubnet,
          databaseSubnetId: givenIds.databaseSubnet,
          ingressSubnetId: givenIds.databaseSubnet,
        }),
      },
      "`spacelift:aks.network.ingressSubnetId`: must be another subnet than `databaseSubnetId`: it is delegated to PostgreSQL; set it to the id of a subnet that is not delegated",
    ),
    ...Object.entries({
      GatewaySubnet: "gateways",
      AzureFirewallSubnet: "firewalls",
      AzureFirewallManagementSubnet: "firewalls",
      AzureBastionSubnet: "Bastion hosts",
      RouteServerSubnet: "route servers",
    }).map(([name, service]) =>
      wrong(
        `nodes in ${name}`,
        network({ nodeSubnetId: subnetNamed(name), databaseSubnetId: givenIds.databaseSubnet }),
        `\`spacelift:aks.network.nodeSubnetId\`: must not be ${name}, a name that Azure keeps for ${service}; set it to the id of another subnet`,
      ),
    ),
    wrong(
      "the load balancer in the gateway's subnet",
      {
        ingress: { internal: true, address: "10.50.9.20" },
        ...network({
          nodeSubnetId: givenIds.nodeSubnet,
          databaseSubnetId: givenIds.databaseSubnet,
          ingressSubnetId: subnetNamed("gatewaysubnet"),
        }),
      },
      "`spacelift:aks.network.ingressSubnetId`: must not be gatewaysubnet, a name that Azure keeps for gateways; set it to the id of another subnet",
    ),
    wrong(
      "nodes in a subnet whose name is no label",
      network({ nodeSubnetId: subnetNamed("n".repeat(64)), databaseSubnetId: givenIds.databaseSubnet }),
      `\`spacelift:aks.network.nodeSubnetId\`: must have names of at most 63 characters, as nodes get them as labels, got "${"n".repeat(64)}"; set it to the id of a subnet with shorter names`,
    ),
    wrong(
      "a range for a network that is given",
      network({
        nodeSubnetId: givenIds.nodeSubnet,
        databaseSubnetId: givenIds.databaseSubnet,
        addressSpace: "10.40.0.0/16",
      }),
      "`spacelift:aks.network.addressSpace`: has no use: the network exists already; run `pulumi config rm --path spacelift:aks.network.addressSpace`",
    ),
    wrong(
      "a NAT gateway for a subnet that is given",
      network({
        nodeSubnetId: givenIds.nodeSubnet,
        databaseSubnetId: givenIds.databaseSubnet,
        natGateway: true,
      }),
      "`spacelift:aks.network.natGateway`: contradicts `nodeSubnetId`: a subnet of yours has a gateway of yours; run `pulumi config rm --path spacelift:aks.network.natGateway`, and if there is one run `pulumi config set --path spacelift:aks.network.outboundType userAssignedNATGateway`",
    ),
    wrong(
      "a private zone of another service",
      network({
        privateDnsZoneId: given("Microsoft.Network/privateDnsZones", "privatelink.blob.core.windows.net"),
      }),
      '`spacelift:aks.network.privateDnsZoneId`: must be a zone below postgres.database.azure.com, got "privatelink.blob.core.windows.net"; run `pulumi config rm --path spacelift:aks.network.privateDnsZoneId`',
    ),
  ]);
});
