import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Database, type DatabaseArgs } from "../../../components/platform/aks/database";
import { absent, secret } from "../../support/inventory";
import { type RunResult, run, valueOf } from "../../support/run";

const serverType = "azure-native:dbforpostgresql:Server";
const linkType = "azure-native:privatedns:VirtualNetworkLink";

interface Urls {
  readonly url: pulumi.Output<string>;
  readonly readOnlyUrl: pulumi.Output<string> | undefined;
}

const database = (more: Partial<DatabaseArgs> = {}): Promise<RunResult<Urls>> =>
  run(() => {
    const { url, readOnlyUrl } = new Database("db", {
      scope: { subscriptionId: "sub", location: "westeurope", resourceGroupName: "spacelift", tags: {} },
      serverName: "server",
      replicaName: "server-ro",
      subnetId: "subnet",
      subnetReady: [],
      zone: { kind: "new", name: "x.private.postgres.database.azure.com" },
      linkTo: { networkId: "network", linkName: "spacelift" },
      version: "17",
      sku: "Standard_D4ds_v5",
      tier: "GeneralPurpose",
      storageGb: 128,
      backupDays: 35,
      geoRedundantBackup: false,
      highAvailability: "ZoneRedundant",
      maintenance: { day: "Saturday", hour: 3 },
      readReplica: false,
      databaseName: "spacelift",
      adminLogin: "spacelift",
      parameters: {},
      protectData: true,
      ...more,
    });
    return { url, readOnlyUrl };
  });

describe("Database", () => {
  it("is reached by its full name, verified, with a password that needs no encoding", async () => {
    const { inventory, result } = await database();
    assert.equal(await pulumi.isSecret(result.url), true);
    assert.match(
      await valueOf(result.url),
      /^postgres:\/\/spacelift:[^@]+@server\.postgres\.database\.azure\.com:5432\/spacelift\?sslmode=verify-full/,
    );
    inventory.has("random:index/randomPassword:RandomPassword", "db-password", {
      special: false,
      minLower: 1,
      minUpper: 1,
      minNumeric: 1,
    });
    inventory.has(serverType, "db-server", {
      administratorLoginPassword: secret("generated-password-of-db-password"),
      maintenanceWindow: { dayOfWeek: 6, startHour: 3 },
    });
  });

  it("waits for the link of the zone, which goes before the subnet does", async () => {
    const { inventory } = await database();
    assert.deepEqual(inventory.one(serverType).options.dependsOn, ["db-zone-link"]);
  });

  it("writes to the server one thing after another", async () => {
    const { inventory } = await database({
      parameters: { log_connections: "on", "azure.extensions": "PG_TRGM" },
      entraAdmin: { objectId: "o", principalName: "admins", principalType: "Group" },
      readReplica: true,
    });
    const dependsOn = (type: string, name: string): readonly string[] =>
      inventory.one(type, name).options.dependsOn;
    const configuration = "azure-native:dbforpostgresql:Configuration";
    assert.deepEqual(
      dependsOn("azure-native:dbforpostgresql:AdministratorsMicrosoftEntra", "db-entra-admin"),
      ["db-database"],
    );
    assert.deepEqual(dependsOn(configuration, "db-parameter-azure-extensions"), ["db-entra-admin"]);
    assert.deepEqual(dependsOn(configuration, "db-parameter-log-connections"), [
      "db-parameter-azure-extensions",
    ]);
    assert.deepEqual(dependsOn(serverType, "db-replica"), ["db-parameter-log-connections"]);
  });

  it("gives the replica no administrator of its own", async () => {
    const { inventory, result } = await database({ readReplica: true });
    inventory.has(serverType, "db-replica", {
      createMode: "Replica",
      sourceServerResourceId: "db-server-id",
      administratorLogin: absent,
      administratorLoginPassword: absent,
    });
    assert.match(await valueOf(result.readOnlyUrl ?? pulumi.output("")), /@server-ro\.postgres/);
  });

  it("protects what holds data, and not the replica", async () => {
    const { inventory } = await database({ readReplica: true });
    const isProtected = inventory.resources.filter(({ options }) => options.protect).map(({ name }) => name);
    assert.deepEqual(isProtected.sort(), ["db-database", "db-password", "db-server"]);
  });

  const zone = {
    kind: "existing",
    id: "zone-of-yours",
    resourceGroup: "corporate",
    name: "pg.postgres.database.azure.com",
  } as const;

  it("takes a zone that is there, and is linked", async () => {
    const { inventory } = await database({ zone, linkTo: undefined });
    inventory.count("azure-native:privatedns:PrivateZone", 0);
    inventory.count(linkType, 0);
    inventory.has(serverType, "db-server", { network: { privateDnsZoneArmResourceId: "zone-of-yours" } });
  });

  it("links a zone that is there to a network that is made", async () => {
    const linkTo = { networkId: "network", linkName: "spacelift-vnet" };
    const { inventory } = await database({ zone, linkTo });
    inventory.count("azure-native:privatedns:PrivateZone", 0);
    inventory.has(linkType, "db-zone-link", {
      resourceGroupName: "corporate",
      privateZoneName: "pg.postgres.database.azure.com",
      virtualNetworkLinkName: "spacelift-vnet",
      virtualNetwork: { id: "network" },
    });
    assert.deepEqual(inventory.one(serverType).options.dependsOn, ["db-zone-link"]);
  });

  it("says which tenant an administrator of Entra ID is in, and nothing without one", async () => {
    const entraAdmin = { objectId: "o", principalName: "admins", principalType: "Group" } as const;
    const { inventory } = await database({ entraAdmin });
    inventory.has(serverType, "db-server", {
      authConfig: { activeDirectoryAuth: "Enabled", passwordAuth: "Enabled", tenantId: "tenant" },
    });
    inventory.has("azure-native:dbforpostgresql:AdministratorsMicrosoftEntra", "db-entra-admin", {
      ...entraAdmin,
      tenantId: "tenant",
    });
    (await database()).inventory.has(serverType, "db-server", {
      authConfig: { activeDirectoryAuth: "Disabled", passwordAuth: "Enabled", tenantId: "" },
    });
  });
});
