import { type Results, runAzureChecks } from "../../../support/arm/checks";
import { addGivenResources, addResource, goodResources } from "../../../support/arm/given-resources";
import { withArm } from "../../../support/arm/server";
import type { JsonObject } from "../../../../rehearsal/twins/azure/api/subscription";
import { configuredAks, given, givenIds } from "../../../support/azure-configurations";

const { nodeSubnet, databaseSubnet } = givenIds;
const network = given("Microsoft.Network/virtualNetworks", "corporate");
const ingressSubnet = given("Microsoft.Network/virtualNetworks/subnets", "corporate", "ingress");

const inSubnets = (settings: JsonObject = {}, ingress?: JsonObject) =>
  configuredAks({
    // Let's Encrypt reaches no load balancer that is internal.
    ...(ingress && { ingress, tls: { mode: "selfSigned", email: undefined } }),
    aks: { network: { nodeSubnetId: nodeSubnet, databaseSubnetId: databaseSubnet, ...settings } },
  });
const besideNodes = inSubnets({ ingressSubnetId: ingressSubnet }, { internal: true, address: "10.50.8.20" });

describe("subnets that are given on Azure", () => {
  const arm = withArm();
  beforeEach(() => {
    addGivenResources(arm.world());
    addResource(arm.world(), ingressSubnet, {
      properties: { addressPrefix: "10.50.8.0/27", provisioningState: "Succeeded" },
    });
  });

  const change = (id: string, properties: JsonObject): void => {
    const good = goodResources[id] ?? { properties: { addressPrefix: "10.50.8.0/27" } };
    addResource(arm.world(), id, {
      ...good,
      properties: { ...(good["properties"] as JsonObject), ...properties },
    });
  };
  const run = (config = inSubnets()): Promise<Results> =>
    runAzureChecks(arm, { config, only: "azure.given" });

  it("suit", async () => {
    const results = await run(besideNodes);
    for (const part of ["nodeSubnet", "databaseSubnet", "ingressSubnet"])
      results.assert(`azure.given.${part}`, "passed", /./);
  });

  it("are looked for, that of the load balancer as well", async () => {
    arm.world().resources.delete(ingressSubnet.toLowerCase());
    (await run(besideNodes)).assert(
      "azure.given.ingressSubnet",
      "failed",
      /does not exist/,
      /aks.network.ingressSubnetId /,
    );
  });

  // The properties are those of `Subnet` in the network API 2024-05-01.
  const gateway = given("Microsoft.Network/applicationGateways", "front");
  for (const [what, properties, reason] of [
    [
      "an application gateway's",
      { applicationGatewayIPConfigurations: [{ id: gateway }] },
      /taken by .*applicationGateways\/front/,
    ],
    [
      "a virtual network gateway's",
      {
        ipConfigurations: [
          { id: given("Microsoft.Network/virtualNetworkGateways/ipConfigurations", "vpn", "default") },
        ],
      },
      /taken by .*virtualNetworkGateways/,
    ],
    [
      "a cache's",
      { resourceNavigationLinks: [{ properties: { linkedResourceType: "Microsoft.Cache/redis" } }] },
      /taken by Microsoft.Cache\/redis/,
    ],
    [
      "a service's",
      { serviceAssociationLinks: [{ properties: { linkedResourceType: "Microsoft.Web/serverfarms" } }] },
      /taken by Microsoft.Web/,
    ],
    [
      "a DNS resolver's",
      { delegations: [{ name: "x", properties: { serviceName: "Microsoft.Network/dnsResolvers" } }] },
      /is delegated to Microsoft.Network\/dnsResolvers/,
    ],
  ] as const) {
    it(`are not shared with the subnet's owner: ${what}`, async () => {
      for (const [part, id] of [
        ["nodeSubnet", nodeSubnet],
        ["ingressSubnet", ingressSubnet],
      ] as const) {
        change(id, properties);
        (await run(besideNodes)).assert(`azure.given.${part}`, "failed", reason, /with a subnet that is not/);
      }
    });
  }

  it("may be shared with machines of others", async () => {
    change(nodeSubnet, {
      ipConfigurations: [
        { id: given("Microsoft.Network/networkInterfaces/ipConfigurations", "vm", "default") },
      ],
    });
    (await run()).assert("azure.given.nodeSubnet", "passed", /1018 free/);
  });

  // 10.50.8.0/27 ends in .31, and Azure keeps .0 to .3 and .31 of it.
  for (const [address, fits] of [
    ["10.50.8.4", true],
    ["10.50.8.30", true],
    ["10.50.8.3", false],
    ["10.50.8.31", false],
    ["10.50.0.20", false],
  ] as const) {
    it(`${fits ? "have" : "have no"} place for the load balancer at ${address}`, async () => {
      const results = await run(inSubnets({ ingressSubnetId: ingressSubnet }, { internal: true, address }));
      results.assert("azure.given.nodeSubnet", "passed", /./);
      if (fits) results.assert("azure.given.ingressSubnet", "passed", /./);
      else {
        const reason = /no place for `ingress.address`/;
        results.assert("azure.given.ingressSubnet", "failed", reason, /ingress.address/);
      }
    });
  }

  it("have no place for the load balancer beside the nodes", async () => {
    const at = (address: string) => run(inSubnets({}, { internal: true, address }));
    (await at("10.50.3.254")).assert("azure.given.nodeSubnet", "passed", /./);
    (await at("10.50.4.20")).assert("azure.given.nodeSubnet", "failed", /no place for/, /ingress.address/);
  });

  for (const [outboundType, property, flag] of [
    ["userAssignedNATGateway", "natGateway", "--nat-gateway"],
    ["userDefinedRouting", "routeTable", "--route-table"],
  ] as const) {
    it(`have the way out that is chosen: ${outboundType}`, async () => {
      const config = inSubnets({ outboundType });
      (await run(config)).assert(
        "azure.given.nodeSubnet",
        "failed",
        /has no (NAT gateway|route table), by which `aks.network.outboundType`/,
        new RegExp(`subnet update --ids ${nodeSubnet} ${flag} <id>`),
      );
      change(nodeSubnet, { [property]: { id: given(`Microsoft.Network/${property}s`, "out") } });
      (await run(config)).assert("azure.given.nodeSubnet", "passed", /./);
    });
  }

  // Azure/AKS#1117: ServiceCidrOverlapExistingSubnetsCidr.
  it("are beside no subnet with the ranges of pods and services", async () => {
    const sibling = given("Microsoft.Network/virtualNetworks/subnets", "corporate", "apps");
    const beside = (...addressPrefixes: readonly string[]): void => {
      change(network, {
        subnets: [
          { id: nodeSubnet, properties: { addressPrefix: "10.50.0.0/22" } },
          { id: sibling, properties: { addressPrefixes: [...addressPrefixes] } },
        ],
      });
    };
    beside("10.50.9.0/24");
    (await run()).assert("azure.given.nodeSubnet", "passed", /./);
    beside("10.50.9.0/24", "10.245.0.0/24");
    const reason = /is beside subnet apps, which overlaps with `aks.network.serviceCidr`/;
    (await run()).assert("azure.given.nodeSubnet", "failed", reason, /serviceCidr/);
  });

  it("are in a network that is peered with none of the ranges of pods and services", async () => {
    change(network, {
      virtualNetworkPeerings: [
        { name: "hub", properties: { remoteAddressSpace: { addressPrefixes: ["10.0.0.0/16"] } } },
        { name: "office", properties: { remoteAddressSpace: { addressPrefixes: ["10.244.0.0/14"] } } },
      ],
    });
    const reason = /is beside the network of peering office, which overlaps with `aks.network.podCidr`/;
    (await run()).assert("azure.given.nodeSubnet", "warning", reason, /podCidr/);
  });
});
