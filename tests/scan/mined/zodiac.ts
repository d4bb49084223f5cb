import type { JsonObject } from "../../../rehearsal/twins/azure/api/subscription";
import { given, givenIds } from "../../support/azure-configurations";
import { at, each, type Judge, listAt, ofType, property, type } from "../judge";
import type { Brought, Configured, Trial } from "./trial";

const subnetId = (name: string): string =>
  given("Microsoft.Network/virtualNetworks/subnets", "corporate", name);
const { nodeSubnet, databaseSubnet, publicIp } = givenIds;
const network = given("Microsoft.Network/virtualNetworks", "corporate");
const user = (kind: string): JsonObject => ({ id: given(`Microsoft.Network/${kind}`, "other") });

const withAddress = { aks: { network: { publicIpId: publicIp } } };
const address = (properties: JsonObject, reason: RegExp, top: JsonObject = {}): Brought => ({
  settings: withAddress,
  id: publicIp,
  properties,
  top,
  part: "address",
  reason,
});
const inSubnets = { nodeSubnetId: nodeSubnet, databaseSubnetId: databaseSubnet };
const subnet = (properties: JsonObject, reason: RegExp): Brought => ({
  settings: { aks: { network: inSubnets } },
  id: nodeSubnet,
  properties,
  part: "nodeSubnet",
  reason,
});
const elsewhere = (part: string): Brought => ({
  settings: { aks: { network: inSubnets } },
  id: network,
  top: { location: "northeurope" },
  part,
  reason: /is in northeurope/,
});
/** An internal load balancer beside the nodes, or in a subnet of its own. */
const balancer = (settings: JsonObject = {}): Configured["settings"] => ({
  ingress: { internal: true, address: "10.50.0.40" },
  tls: { mode: "selfSigned", email: undefined },
  aks: { network: { ...inSubnets, ...settings } },
});
const keptName = (name: string): readonly Configured[] =>
  (["nodeSubnetId", "databaseSubnetId", "ingressSubnetId"] as const).map((key) => ({
    settings: balancer({ [key]: subnetId(name) }),
    key: `aks.network.${key}`,
    problem: /a name that Azure keeps/,
  }));
const networkKey = (key: string, values: JsonObject, problem: RegExp): Configured => ({
  settings: { aks: { network: values } },
  key: `aks.network.${key}`,
  problem,
});
const sku = (wrong: string): Configured => ({
  settings: { aks: { storage: { sku: wrong } } },
  key: "aks.storage.sku",
  problem: /must be one of .*Standard_LRS/,
});

const built = (judge: Judge): Trial => ({ held: "construction", judge });
const preflight = (...brought: readonly Brought[]): Trial => ({ held: "preflight", brought });
const configuration = (...wrong: readonly Configured[]): Trial => ({ held: "configuration", wrong });
const azure: Trial = { held: "Azure" };

const unique = (values: readonly unknown[]): boolean => new Set(values).size === values.length;
const differ =
  (kind: string): Judge =>
  (template) =>
    unique(ofType(template, kind).map(({ name }) => name)) && ofType(template, kind).length > 0;
const isStandard: Judge = each(type.address, (one) => at(one, "sku.name") === "Standard");
const rulesAre = (isRight: (rules: readonly unknown[]) => boolean): Judge =>
  each(type.guard, (guard) => isRight(listAt(guard, "properties.securityRules")));
const inOneRegion =
  (...kinds: readonly string[]): Judge =>
  (template) => {
    const regions = kinds.map((kind) => ofType(template, kind).map((one) => at(one, "location")));
    return regions.every((each) => each.length > 0) && new Set(regions.flat()).size === 1;
  };
const account = (path: string, wanted: unknown): Judge =>
  each(type.storage, (one) => at(one, path) === wanted);

/**
 * Each line of the page by its rules, as they are numbered in the published sample (github.com/824728350/Zodiac,
 * dataset/sampledChecks.csv, from 1 behind its heading), and how it is tried.
 */
export const zodiac: Readonly<Record<string, Trial>> = {
  "5, 14, 19, 61": preflight(
    address({ ipConfiguration: user("bastionHosts") }, /is in use by .*bastionHosts/),
    address({ ipConfiguration: user("azureFirewalls") }, /is in use by .*azureFirewalls/),
    address({ ipConfiguration: user("loadBalancers") }, /is in use by .*loadBalancers/),
    address({ ipConfiguration: user("networkInterfaces") }, /is in use by .*networkInterfaces/),
  ),
  "20": preflight(address({ publicIPAddressVersion: "IPv6" }, /version IPv6/)),
  "23": preflight(address({}, /is in northeurope/, { location: "northeurope" })),
  "24": preflight(address({}, /SKU Basic/, { sku: { name: "Basic", tier: "Regional" } })),
  "27, 62": preflight(address({}, /tier Global/, { sku: { name: "Standard", tier: "Global" } })),
  "59": built(
    (template) => ofType(template, "Microsoft.Network/natGateways").length > 0 && isStandard(template),
  ),
  "88, 89, 90": built(isStandard),

  "13": configuration(...keptName("AzureFirewallSubnet")),
  "100": configuration(...keptName("RouteServerSubnet")),
  "2": preflight(
    subnet({ applicationGatewayIPConfigurations: [user("applicationGateways")] }, /taken by .*Gateways/),
  ),
  "80, 81": preflight(
    subnet(
      { delegations: [{ name: "x", properties: { serviceName: "Microsoft.Network/dnsResolvers" } }] },
      /delegated to Microsoft.Network\/dnsResolvers/,
    ),
  ),
  "92": preflight(
    subnet(
      { resourceNavigationLinks: [{ properties: { linkedResourceType: "Microsoft.Cache/redis" } }] },
      /taken by Microsoft.Cache/,
    ),
  ),
  "21": configuration({
    settings: balancer({ ingressSubnetId: databaseSubnet }),
    key: "aks.network.ingressSubnetId",
    problem: /delegated to PostgreSQL/,
  }),
  "63": preflight(
    subnet(
      { delegations: [{ name: "x", properties: { serviceName: "Microsoft.Web/serverFarms" } }] },
      /delegated to Microsoft.Web/,
    ),
  ),
  "75": preflight({
    settings: { aks: { network: inSubnets } },
    id: databaseSubnet,
    properties: { delegations: [] },
    part: "databaseSubnet",
    reason: /is not delegated to Microsoft.DBforPostgreSQL/,
  }),
  "29, 84": preflight(elsewhere("nodeSubnet"), elsewhere("databaseSubnet")),
  "107": configuration(
    networkKey("nodeCidr", { nodeCidr: "10.30.0.0/30" }, /must be enough for 20 nodes/),
    networkKey("databaseCidr", { databaseCidr: "10.30.4.0/30" }, /must be a \/28 or larger/),
  ),
  "144": configuration(
    networkKey("addressSpace", { reachableRanges: ["10.30.128.0/24"] }, /must not overlap with `reachable/),
  ),
  "108": built(differ(type.subnet)),
  "126": built(differ(type.network)),

  "69": built(inOneRegion(type.guard, type.network, type.cluster)),
  "70": built(
    rulesAre((rules) =>
      unique(
        rules.map((rule) => `${String(property(rule, "direction"))} ${String(property(rule, "priority"))}`),
      ),
    ),
  ),
  "71": built(differ(type.guard)),
  "72": {
    held: "no",
    judge: rulesAre((rules) =>
      rules.every((one) =>
        rules.every(
          (other) =>
            property(one, "sourceAddressPrefix") !== property(other, "sourceAddressPrefix") ||
            property(one, "direction") === property(other, "direction"),
        ),
      ),
    ),
  },
  "73": built(rulesAre((rules) => rules.length > 1 && unique(rules.map((rule) => at(rule, "name"))))),

  "74": built(
    each(type.server, (server) => typeof property(server, "network.delegatedSubnetResourceId") === "string"),
  ),
  "76": built((template) => ofType(template, type.server).length === 2 && inOneRegion(type.server)(template)),

  "101": built(inOneRegion(type.storage, type.network)),
  "102, 106": configuration(sku("Premium_LRS"), sku("Premium_GRS")),
  "103, 104, 105": built(account("kind", "StorageV2")),

  "30": built(each(type.pool, (pool) => property(pool, "scaleSetEvictionPolicy") === undefined)),
  "22, 25, 28": azure,
};
