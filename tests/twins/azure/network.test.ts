import { strict as assert } from "node:assert";
import { azureTwin } from "../../../rehearsal/twins/azure";
import { type Properties, textOf } from "../../../rehearsal/twins/framework";
import { connected } from "../support/connected";
import { Installation } from "./support/installation";

describe("The azure twin for networks", () => {
  const engine = connected(azureTwin());
  const make = new Installation(engine);
  beforeEach(async () => {
    await make.group();
  });

  it("makes subnets of one network at the same time, one waiting for the other", async () => {
    await make.network();
    const [nodes, database] = await Promise.all([make.nodeSubnet(), make.databaseSubnet()]);
    assert.equal(nodes.outputs["name"], "nodes");
    assert.equal(database.outputs["name"], "database");
  });

  it("gives every public address a different one that stays", async () => {
    const first = await make.address();
    const second = await make.address({ publicIpAddressName: "other" });
    assert.match(textOf(first.outputs["ipAddress"]), /^198\.51\.100\.\d+$/);
    assert.notEqual(first.outputs["ipAddress"], second.outputs["ipAddress"]);
    const changed = await engine().update(first, { ...first.inputs, tags: { a: "b" } });
    assert.equal(changed.outputs["ipAddress"], first.outputs["ipAddress"]);
    assert.deepEqual((await engine().diff(first, { ...first.inputs, sku: { name: "Basic" } })).replaces, [
      "sku.name",
      "sku.tier",
    ]);
  });

  it("lets a gateway serve a subnet and keeps its address", async () => {
    await make.network();
    const address = await make.address();
    const gateway = await make.make("gateway", {
      natGatewayName: "nat",
      sku: { name: "Standard" },
      publicIpAddresses: [{ id: address.id }],
    });
    const subnet = await make.nodeSubnet({ natGateway: { id: gateway.id } });
    await assert.rejects(engine().delete(address), /PublicIPAddressCannotBeDeleted/);
    await assert.rejects(engine().delete(gateway), /InUseNatGatewayCannotBeDeleted/);
    await engine().delete(subnet);
    await engine().delete(gateway);
    await engine().delete(address);
  });

  it("makes records in a zone and names them in full", async () => {
    await make.make("zone", { zoneName: "example.com", location: "Global" });
    const record = (more: Properties): ReturnType<typeof make.make> =>
      make.make("record", {
        zoneName: "example.com",
        recordType: "A",
        relativeRecordSetName: "spacelift",
        ttl: 300,
        ...more,
      });
    const made = await record({ aRecords: [{ ipv4Address: "198.51.100.4" }] });
    assert.equal(made.outputs["fqdn"], "spacelift.example.com.");
    await assert.rejects(record({ relativeRecordSetName: "empty" }), /has no aRecords/);
    const other = { relativeRecordSetName: "other" };
    await assert.rejects(
      record({ ...other, aRecords: [{ ipv4Address: "198.51.100.400" }] }),
      /invalid address/,
    );
    const six = { ...other, recordType: "AAAA", aaaaRecords: [{ ipv6Address: "198.51.100.4" }] };
    await assert.rejects(record(six), /invalid address/);
    await assert.rejects(
      record({ ...other, ttl: 0, aRecords: [{ ipv4Address: "198.51.100.4" }] }),
      /time to live/,
    );
    const alias = { recordType: "CNAME", cnameRecord: { cname: "www.example.net" } };
    await assert.rejects(record(alias), /Conflict: .*a CNAME has no other records beside it/);
    const pointer = await record({ ...other, ...alias });
    await engine().update(pointer, { ...pointer.inputs, ttl: 60 });
    await assert.rejects(record({ ...other, aRecords: [{ ipv4Address: "198.51.100.4" }] }), /Conflict/);
    await engine().update(made, { ...made.inputs, ttl: 60 });
    await assert.rejects(
      record({ zoneName: "missing.com", aRecords: [{ ipv4Address: "198.51.100.4" }] }),
      /ParentResourceNotFound/,
    );
  });

  it("rejects subnets outside of the network, over others, too small or no range at all", async () => {
    await make.network();
    await make.nodeSubnet();
    const subnet = (addressPrefix: string): Promise<unknown> => make.databaseSubnet({ addressPrefix });
    await assert.rejects(subnet("10.31.0.0/24"), /NetcfgInvalidSubnet: .*outside/);
    await assert.rejects(subnet("10.30.2.0/24"), /NetcfgInvalidSubnet: .*overlaps with that of .* 'nodes'/);
    await assert.rejects(subnet("10.30.4.0/30"), /SubnetTooSmall/);
    await assert.rejects(subnet("10.30.4.1/24"), /InvalidCIDRNotation/);
  });

  it("rejects taking a range away that a subnet uses", async () => {
    const network = await make.network();
    await make.nodeSubnet();
    await assert.rejects(
      engine().update(network, { ...network.inputs, addressSpace: { addressPrefixes: ["10.40.0.0/16"] } }),
      /InUsePrefixCannotBeDeleted/,
    );
  });

  it("rejects deleting a security group that a subnet has", async () => {
    await make.network();
    const group = await make.make("securityGroup", { networkSecurityGroupName: "nsg", securityRules: [] });
    const subnet = await make.nodeSubnet({ networkSecurityGroup: { id: group.id } });
    await assert.rejects(engine().delete(group), /InUseNetworkSecurityGroupCannotBeDeleted/);
    await engine().delete(subnet);
    await engine().delete(group);
  });

  it("rejects security rules that repeat a priority, have none, or no addresses", async () => {
    const rule = {
      name: "a",
      priority: 100,
      direction: "Inbound",
      access: "Allow",
      protocol: "Tcp",
      sourceAddressPrefix: "10.30.0.0/22",
      sourcePortRange: "*",
      destinationAddressPrefix: "VirtualNetwork",
      destinationPortRange: "5432",
    };
    const group = (...securityRules: Properties[]): Promise<unknown> =>
      make.make("securityGroup", { networkSecurityGroupName: "nsg", securityRules });
    await assert.rejects(group(rule, { ...rule, name: "b" }), /SecurityRuleConflict/);
    await assert.rejects(group({ ...rule, priority: 5000 }), /SecurityRuleInvalidPriority/);
    await assert.rejects(
      group({ ...rule, sourceAddressPrefix: "anywhere" }),
      /SecurityRuleInvalidAddressPrefix/,
    );
    const { destinationPortRange: _, ...portless } = rule;
    await assert.rejects(group(portless), /SecurityRuleParameterMissing/);
    await assert.rejects(group(rule, { ...rule, priority: 110 }), /name 'a' .* occurs twice/);
    for (const range of ["70000", "443-80", "http", "1-2-3", "-5"])
      await assert.rejects(
        group({ ...rule, destinationPortRange: range }),
        /SecurityRuleInvalidPortRange/,
        range,
      );
    for (const prefix of ["10.300.0.0/16", "10.0.0.0/40", "fd00::/129", "10.0.0.0/8/8"])
      await assert.rejects(
        group({ ...rule, sourceAddressPrefix: prefix }),
        /SecurityRuleInvalidAddressPrefix/,
        prefix,
      );
    const { destinationPortRange: __, ...ranged } = { ...rule, name: "c", priority: 110 };
    await group(
      rule,
      { ...rule, name: "b", direction: "Outbound", sourceAddressPrefix: "fd00::/8" },
      {
        ...ranged,
        destinationPortRanges: ["80", "8000-8080", "*"],
      },
    );
  });

  it("rejects addresses that are not static, and zones in regions without", async () => {
    await assert.rejects(make.address({ publicIPAllocationMethod: "Dynamic" }), /MustBeStatic/);
    await make.group("west", "westus");
    const zones = ["1", "2", "3"];
    await assert.rejects(
      make.address({ resourceGroupName: "west", zones }),
      /AvailabilityZoneNotSupported: .*'westus' are ''/,
    );
    const zonal = await make.address({ zones });
    await assert.rejects(
      engine().update(zonal, { ...zonal.inputs, zones: ["1"] }),
      /ResourceAvailabilityZonesCannotBeModified/,
    );
  });

  it("rejects a label that another address of the region has, and odd idle timeouts", async () => {
    const dnsSettings = { domainNameLabel: "spacelift" };
    await make.address({ dnsSettings });
    const other = { publicIpAddressName: "other", dnsSettings };
    await assert.rejects(make.address(other), /DnsRecordInUse: DNS record spacelift\.westeurope/);
    const far = await make.address({ ...other, location: "northeurope" });
    assert.match(JSON.stringify(far.outputs["dnsSettings"]), /spacelift\.northeurope\.cloudapp\.azure\.com/);
    await assert.rejects(
      make.address({ publicIpAddressName: "slow", idleTimeoutInMinutes: 60 }),
      /PublicIPAddressIdleTimeoutOutOfRange/,
    );
  });

  it("rejects changing where a subnet leaves the network, and its range while something uses it", async () => {
    await make.network();
    const subnet = await make.nodeSubnet({ defaultOutboundAccess: false });
    await assert.rejects(
      engine().update(subnet, { ...subnet.inputs, defaultOutboundAccess: true }),
      /PropertyChangeNotAllowed: .*'defaultOutboundAccess'/,
    );
    const moved = { ...subnet.inputs, addressPrefix: "10.30.8.0/22" };
    assert.equal((await engine().update(subnet, moved)).outputs["addressPrefix"], "10.30.8.0/22");
  });

  it("refuses to simulate subnets within a network", async () => {
    const subnets = [{ name: "inline", addressPrefix: "10.30.0.0/24" }];
    const inputs = {
      virtualNetworkName: "vnet",
      addressSpace: { addressPrefixes: ["10.30.0.0/16"] },
      subnets,
    };
    await assert.rejects(make.make("network", inputs), /takes subnets as resources of their own only/);
  });

  it("rejects private zones in a region, and deleting one that is linked", async () => {
    const network = await make.network();
    await assert.rejects(
      make.make("privateZone", { privateZoneName: "a.example.com", location: "westeurope" }),
      /LocationNotAvailableForResourceType/,
    );
    const zone = await make.privateZone();
    const link = await make.link("spacelift.private.postgres.database.azure.com", network.id);
    await assert.rejects(engine().delete(zone), /CannotDeleteResource: .*virtualNetworkLinks\/link/);
    await engine().delete(link);
    await engine().delete(zone);
  });
});
