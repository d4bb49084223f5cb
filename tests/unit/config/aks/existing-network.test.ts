import { configuredAks, given, givenIds } from "../../../support/azure-configurations";
import { rejects, section, wrongFrom } from "../../../support/wrong-configurations";

const wrong = wrongFrom(configuredAks);
const aks = section("aks");
const network = section("aks", "network");

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
