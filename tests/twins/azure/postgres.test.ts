import { strict as assert } from "node:assert";
import { azureTwin } from "../../../rehearsal/twins/azure";
import { resources } from "../../../rehearsal/twins/azure/arm/tables";
import type { Properties } from "../../../rehearsal/twins/framework";
import { connected } from "../support/connected";
import { idIn, Installation } from "./support/installation";

describe("The azure twin for PostgreSQL", () => {
  const engine = connected(azureTwin());
  const make = new Installation(engine);
  const parameter = (
    configurationName: string,
    value: string,
    more: Properties = {},
  ): ReturnType<typeof make.make> =>
    make.make(
      "parameter",
      { serverName: "pg-spacelift", configurationName, value, source: "user-override", ...more },
      configurationName,
    );

  it("describes a server by its host and keeps its password sealed", async () => {
    const server = await make.wholeServer();
    assert.equal(server.outputs["fullyQualifiedDomainName"], "pg-spacelift.postgres.database.azure.com");
    assert.equal(server.outputs["administratorLoginPassword"], undefined);
    const kept = engine().world.read((state) => JSON.stringify(resources.of(state).entries()));
    assert.ok(!kept.includes("Correct-Horse-9"));
    const found = await engine().read(server);
    assert.ok(found);
    assert.equal((await engine().diff(found, server.inputs)).hasChanges, false);
  });

  it("replaces a server whose login changes and scales it in place", async () => {
    const server = await make.wholeServer();
    const login = await engine().diff(server, { ...server.inputs, administratorLogin: "other" });
    assert.deepEqual(login.replaces, ["administratorLogin"]);
    const sku = { name: "Standard_D4ds_v5", tier: "GeneralPurpose" };
    assert.deepEqual((await engine().diff(server, { ...server.inputs, sku })).replaces, []);
    const scaled = await engine().update(server, { ...server.inputs, sku });
    assert.deepEqual(scaled.outputs["sku"], sku);
  });

  it("makes a replica with the version of its source", async () => {
    const source = await make.wholeServer();
    const { network } = source.inputs;
    const replica = await make.make("server", {
      serverName: "pg-replica",
      location: "westeurope",
      createMode: "Replica",
      sourceServerResourceId: source.id,
      sku: { name: "Standard_D2ds_v5", tier: "GeneralPurpose" },
      ...(network === undefined ? {} : { network }),
    });
    assert.equal(replica.outputs["version"], "17");
    assert.equal(replica.outputs["replicationRole"], "AsyncReplica");
  });

  // “Backup and restore in Azure Database for PostgreSQL”, limitations of on-demand backups.
  it("takes up to seven backups on demand, of a server that is not burstable", async () => {
    const sku = { name: "Standard_D4ds_v5", tier: "GeneralPurpose" };
    const backup = (backupName: string): ReturnType<typeof make.make> =>
      make.make("backup", { serverName: "pg-spacelift", backupName }, backupName);
    const server = await make.wholeServer({ sku: { name: "Standard_B2s", tier: "Burstable" } });
    await assert.rejects(backup("before-v4-1-0"), /not supported for burstable servers/);
    await engine().update(server, { ...server.inputs, sku });
    const first = await backup("before-v4-1-0");
    assert.equal(typeof first.outputs["completedTime"], "string");
    const another = await engine().diff(first, { ...first.inputs, backupName: "before-v4-2-0" });
    assert.deepEqual(another.replaces, ["backupName"]);
    for (const number of [2, 3, 4, 5, 6, 7]) await backup(`b-${number}`);
    await assert.rejects(backup("b-8"), /has 7 on-demand backups already/);
    await engine().delete(first);
    await backup("b-8");
  });

  it("writes parameters over what is there, and gives back the default", async () => {
    await make.wholeServer();
    const made = await parameter("log_connections", "off");
    assert.equal(made.outputs["defaultValue"], "on");
    await engine().delete(made);
    await parameter("log_connections", "on");
  });

  it("rejects parameters and databases that are written at the same time", async () => {
    await make.wholeServer();
    const writes = [parameter("log_connections", "off"), parameter("work_mem", "8192")];
    const outcomes = await Promise.allSettled(writes);
    const failed = outcomes.filter((outcome) => outcome.status === "rejected");
    assert.equal(failed.length, 1);
    assert.match(String(failed[0]?.reason), /ServerIsBusy: .*'pg-spacelift' is busy/);
    await parameter("work_mem", "8192");
  });

  it("rejects parameters it does not have and values they do not take", async () => {
    await make.wholeServer();
    await assert.rejects(parameter("no_such_thing", "1"), /no parameter 'no_such_thing'/);
    await assert.rejects(parameter("max_connections", "lots"), /not within 25 to 5000/);
    await assert.rejects(parameter("work_mem", "8192", { source: "system-default" }), /user-override/);
  });

  it("rejects servers that the service would refuse", async () => {
    await make.wholeServer();
    const subnet = idIn("Microsoft.Network/virtualNetworks/vnet/subnets/database");
    const zone = idIn("Microsoft.Network/privateDnsZones/spacelift.private.postgres.database.azure.com");
    const server = (more: Properties): Promise<unknown> =>
      make.server(subnet, zone, { serverName: "pg-other", ...more });
    const burstable = { name: "Standard_B2s", tier: "Burstable" };
    await assert.rejects(server({ version: "14" }), /Version '14' of PostgreSQL is not offered/);
    await assert.rejects(server({ administratorLogin: "admin" }), /InvalidAdministratorLogin/);
    await assert.rejects(server({ administratorLoginPassword: "simple" }), /PasswordTooShortOrNotComplex/);
    await assert.rejects(server({ sku: { ...burstable, tier: "GeneralPurpose" } }), /is not of tier/);
    await assert.rejects(
      server({ sku: burstable, highAvailability: { mode: "SameZone" } }),
      /HADisabledForBurstable/,
    );
    await assert.rejects(server({ storage: { storageSizeGB: 100 } }), /storage size 100 GB/);
    await assert.rejects(server({ backup: { backupRetentionDays: 40 } }), /7 to 35 days/);
    await assert.rejects(server({ serverName: "pg-spacelift", resourceGroupName: "rg" }), /already existing/);
  });

  it("rejects zone redundancy where there are no zones, and copies where there is no pair", async () => {
    const open = (location: string, more: Properties): Promise<unknown> =>
      make.make("server", {
        location,
        serverName: "pg-open",
        version: "17",
        sku: { name: "Standard_D2ds_v5", tier: "GeneralPurpose" },
        administratorLogin: "spacelift",
        administratorLoginPassword: "Correct-Horse-9",
        ...more,
      });
    await make.group();
    await assert.rejects(
      open("westus", { highAvailability: { mode: "ZoneRedundant" } }),
      /ZoneRedundantHANotSupportedForRegion/,
    );
    await assert.rejects(
      open("polandcentral", { backup: { geoRedundantBackup: "Enabled" } }),
      /GeoBackupNotSupportedInRegion/,
    );
  });

  it("rejects subnets that are not delegated, other regions, and zones that are not its own kind", async () => {
    await make.group();
    await make.network();
    const zone = await make.privateZone();
    const plain = await make.nodeSubnet();
    await assert.rejects(make.server(plain.id, zone.id), /VnetSubnetNotDelegated/);
    const subnet = await make.databaseSubnet();
    await assert.rejects(make.server(subnet.id, zone.id, { location: "northeurope" }), /NotInSameRegion/);
    const named = await make.privateZone("pg-spacelift.postgres.database.azure.com");
    await assert.rejects(make.server(subnet.id, named.id), /PrivateDnsZoneNameNotValid/);
    const other = await make.privateZone("example.com");
    await assert.rejects(make.server(subnet.id, other.id), /PrivateDnsZoneNameNotValid/);
  });

  it("rejects shrinking, going back, and moving a server", async () => {
    const server = await make.wholeServer();
    const change = (more: Properties): Promise<unknown> =>
      engine().update(server, { ...server.inputs, ...more });
    await assert.rejects(change({ version: "16" }), /'version' .* cannot be lowered/);
    await assert.rejects(change({ storage: { storageSizeGB: 32 } }), /cannot be lowered from 64 to 32/);
    await assert.rejects(
      change({ backup: { backupRetentionDays: 14, geoRedundantBackup: "Enabled" } }),
      /'backup\.geoRedundantBackup' .* cannot be changed/,
    );
    await change({ version: "18" });
  });

  it("rejects taking a server out of its network, and raising the version of one with a replica", async () => {
    const source = await make.wholeServer();
    const { network, ...rest } = source.inputs;
    await assert.rejects(
      engine().update(source, rest),
      /'network\.delegatedSubnetResourceId' .* cannot be changed/,
    );
    await make.make("server", {
      serverName: "pg-replica",
      location: "westeurope",
      createMode: "Replica",
      sourceServerResourceId: source.id,
      sku: { name: "Standard_D2ds_v5", tier: "GeneralPurpose" },
      ...(network === undefined ? {} : { network }),
    });
    await assert.rejects(
      engine().update(source, { ...source.inputs, version: "18" }),
      /MajorVersionUpgradeNotSupportedWithReadReplicas: .*pg-replica/,
    );
    await engine().update(source, { ...source.inputs, tags: { a: "b" } });
  });

  it("takes what it is not told as its default, and rejects zones that the region does not have", async () => {
    const server = await make.wholeServer({ createMode: "Default" });
    const { backup: _, createMode: __, ...rest } = server.inputs;
    const silent = await engine().update(server, rest);
    await engine().update(silent, server.inputs);
    await make.group("west", "westus");
    const open = {
      resourceGroupName: "west",
      serverName: "pg-open",
      version: "17",
      sku: { name: "Standard_D2ds_v5", tier: "GeneralPurpose" },
      administratorLogin: "spacelift",
      administratorLoginPassword: "Correct-Horse-9",
    };
    await assert.rejects(
      make.make("server", { ...open, availabilityZone: "1" }),
      /AvailabilityZoneNotSupported/,
    );
    await make.make("server", { ...open, availabilityZone: "" });
  });

  it("rejects an Entra administrator unless Entra is on", async () => {
    const server = await make.wholeServer();
    const administrator = (): Promise<unknown> =>
      make.make("administrator", {
        serverName: "pg-spacelift",
        objectId: "00000000-0000-4000-8000-000000000001",
        principalName: "admins",
        principalType: "Group",
      });
    await assert.rejects(administrator(), /AadAuthOperationCannotBePerformed/);
    await engine().update(server, {
      ...server.inputs,
      authConfig: { activeDirectoryAuth: "Enabled", passwordAuth: "Enabled" },
    });
    await administrator();
  });

  it("rejects deleting its subnet, for as long as the link of the server survives it", async () => {
    const server = await make.wholeServer();
    const network = { ...server, id: idIn("Microsoft.Network/virtualNetworks/vnet") };
    const link = await make.link("spacelift.private.postgres.database.azure.com", network.id);
    const subnet = await make.databaseSubnetState();
    await assert.rejects(engine().delete(subnet), /InUseSubnetCannotBeDeleted: .*flexibleServers/);
    await engine().delete(server);
    await assert.rejects(engine().delete(subnet), /service association link/);
    await engine().delete(link);
    await engine().delete(subnet);
  });
});
