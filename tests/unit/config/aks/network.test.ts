import { configuredAks } from "../../../support/azure-configurations";
import { rejects, section, wrongFrom } from "../../../support/wrong-configurations";

const wrong = wrongFrom(configuredAks);
const network = section("aks", "network");

describe("rules of the network on Azure", () => {
  rejects([
    wrong(
      "a range with host bits",
      network({ addressSpace: "10.30.1.0/16" }),
      '`spacelift:aks.network.addressSpace`: must be an IPv4 range that starts at its first address, such as 10.30.0.0/16, got "10.30.1.0/16"; run `pulumi config set --path spacelift:aks.network.addressSpace 10.30.0.0/16`',
    ),
    wrong(
      "an IPv6 range",
      network({ podCidr: "fd00::/64" }),
      '`spacelift:aks.network.podCidr`: must be an IPv4 range that starts at its first address, such as 10.30.0.0/16, got "fd00::/64"; run `pulumi config set --path spacelift:aks.network.podCidr 10.244.0.0/16`',
    ),
    wrong(
      "a subnet outside of the network",
      network({ nodeCidr: "10.31.0.0/22" }),
      '`spacelift:aks.network.nodeCidr`: must lie inside `addressSpace` (10.30.0.0/16), got "10.31.0.0/22"; choose a part of 10.30.0.0/16, or a larger `addressSpace`',
    ),
    wrong(
      "subnets that overlap",
      network({ databaseCidr: "10.30.1.0/26" }),
      '`spacelift:aks.network.databaseCidr`: must not overlap with `nodeCidr` (10.30.0.0/22), got "10.30.1.0/26"; choose another part of `addressSpace`',
    ),
    wrong(
      "a subnet too small for PostgreSQL",
      network({ databaseCidr: "10.30.4.0/29" }),
      '`spacelift:aks.network.databaseCidr`: must be a /28 or larger, got "10.30.4.0/29"; run `pulumi config set --path spacelift:aks.network.databaseCidr 10.30.4.0/26`',
    ),
    wrong(
      "pods and services in one range",
      network({ serviceCidr: "10.244.0.0/20" }),
      '`spacelift:aks.network.serviceCidr`: must not overlap with `podCidr` (10.244.0.0/16), got "10.244.0.0/20"; choose another range',
    ),
    wrong(
      "pods inside the network",
      network({ podCidr: "10.30.0.0/16" }),
      '`spacelift:aks.network.podCidr`: must not overlap with `addressSpace` (10.30.0.0/16), got "10.30.0.0/16"; choose another range',
    ),
    wrong(
      "a range that AKS keeps",
      network({ podCidr: "172.30.0.0/16" }),
      '`spacelift:aks.network.podCidr`: must not overlap with 172.30.0.0/16, which AKS uses itself, got "172.30.0.0/16"; choose another range',
    ),
    wrong(
      "public addresses for pods",
      network({ podCidr: "8.8.0.0/16" }),
      '`spacelift:aks.network.podCidr`: must be a range of private networks, got "8.8.0.0/16"; choose a part of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16',
    ),
    wrong(
      "a range that a peered network has",
      network({ reachableRanges: ["10.245.0.0/16"] }),
      '`spacelift:aks.network.serviceCidr`: must not overlap with `reachableRanges[0]` (10.245.0.0/16), got "10.245.0.0/20"; choose another range',
    ),
    wrong(
      "a service range that is too large",
      network({ serviceCidr: "172.0.0.0/12", podCidr: "10.244.0.0/16" }),
      '`spacelift:aks.network.serviceCidr`: must be between a /13 and a /28, got "172.0.0.0/12"; run `pulumi config set --path spacelift:aks.network.serviceCidr 10.245.0.0/20`',
    ),
    wrong(
      "a service range that is too small",
      network({ serviceCidr: "10.245.0.0/29" }),
      '`spacelift:aks.network.serviceCidr`: must be between a /13 and a /28, got "10.245.0.0/29"; run `pulumi config set --path spacelift:aks.network.serviceCidr 10.245.0.0/20`',
    ),
    wrong(
      "a range that is private in part",
      network({ addressSpace: "8.0.0.0/6" }),
      '`spacelift:aks.network.addressSpace`: must be a range of private networks, got "8.0.0.0/6"; choose a part of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16',
    ),
    wrong(
      "a DNS address outside of the services",
      network({ dnsServiceIp: "10.0.0.10" }),
      '`spacelift:aks.network.dnsServiceIp`: must lie inside `serviceCidr` (10.245.0.0/20) behind its first two addresses, got "10.0.0.10"; run `pulumi config rm --path spacelift:aks.network.dnsServiceIp`',
    ),
    wrong(
      "a DNS address that the API server has",
      network({ dnsServiceIp: "10.245.0.1" }),
      '`spacelift:aks.network.dnsServiceIp`: must lie inside `serviceCidr` (10.245.0.0/20) behind its first two addresses, got "10.245.0.1"; run `pulumi config rm --path spacelift:aks.network.dnsServiceIp`',
    ),
    wrong(
      "too few addresses for pods",
      network({ podCidr: "10.244.0.0/20" }),
      '`spacelift:aks.network.podCidr`: must be enough for 20 nodes, those of an upgrade included, got "10.244.0.0/20" for 16; run `pulumi config set --path spacelift:aks.network.podCidr 10.244.0.0/16`',
    ),
    wrong(
      "too few addresses for nodes",
      network({ nodeCidr: "10.30.0.0/28" }),
      '`spacelift:aks.network.nodeCidr`: must be enough for 20 nodes, those of an upgrade included, got "10.30.0.0/28" for 11; run `pulumi config set --path spacelift:aks.network.nodeCidr 10.30.0.0/22`',
    ),
  ]);
});
