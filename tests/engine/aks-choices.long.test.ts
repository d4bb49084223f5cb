import assert from "node:assert/strict";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RehearsedStackOptions, changeCount, RehearsedStack } from "../support/rehearsed-stack";
import { type World, openWorld } from "../../rehearsal/twins";
import { allOfType, resources } from "../../rehearsal/twins/azure/arm/tables";
import { stringAt } from "../../rehearsal/twins/framework";
import { addExisting } from "../../rehearsal/twins/azure/existing";
import { emptyCluster } from "../../rehearsal/twins/kubernetes/cluster";
import { samples } from "../support/configurations";
import { engineTimeout, operationTimeout, rehearsalOf, sharedEngine } from "./support";

type Choice = Pick<RehearsedStackOptions, "config" | "secrets">;

/** A stack that is planned, created, and then has nothing to change. */
async function stands(stack: RehearsedStack): Promise<void> {
  assert.ok(changeCount(await stack.preview()) > 0);
  assert.deepEqual(Object.keys((await stack.up()).changes), ["create"]);
  assert.equal(changeCount(await stack.preview()), 0);
}

for (const size of ["dev", "prod", "ha"]) {
  describe(`a stack on AKS of size ${size}`, function () {
    this.timeout(operationTimeout);
    const stack = rehearsalOf({ stack: "aks", config: { "aks.size": size } });

    it("is planned, created, and then has nothing to change", () => stands(stack()));
  });
}

describe("a stack on AKS in the government cloud", function () {
  this.timeout(operationTimeout);
  const stack = rehearsalOf({
    stack: "aks",
    config: { "aks.cloud": "usgovernment", "aks.location": "usgovvirginia", "aks.size": "dev" },
  });

  it("is planned, created, and then has nothing to change", async () => {
    await stands(stack());
    const [server] = openWorld(stack().folders.world).read((state) =>
      allOfType(state, "Microsoft.DBforPostgreSQL/flexibleServers"),
    );
    assert.match(
      stringAt(server?.computed, "fullyQualifiedDomainName") ?? "",
      /\.postgres\.database\.usgovcloudapi\.net$/,
    );
  });
});

const everything: Choice = {
  config: {
    "aks.size": "ha",
    "aks.network.natGateway": true,
    "aks.registry.anonymousLauncher": true,
    "aks.database.readReplica": true,
    "aks.database.parameters": { max_connections: "500", log_checkpoints: "on" },
    "aks.cluster": { private: true },
    vcsGateway: { domain: "vcs-gateway.spacelift.mycompany.com" },
    mqtt: { domain: "mqtt.spacelift.mycompany.com", serviceType: "LoadBalancer" },
    "workers.apiKeyId": "01HX0000000000000000000000",
  },
  secrets: { workerApiKeySecret: "an-api-key-secret", encryptionPrivateKey: samples.encryptionPrivateKey },
};

describe("a stack on AKS with everything switched on", function () {
  this.timeout(operationTimeout);
  const stack = rehearsalOf({ stack: "aks", ...everything });

  it("is planned, created, and then has nothing to change", () => stands(stack()));
});

const subscription = "/subscriptions/00000000-0000-0000-0000-000000000000";
const dnsZone = `${subscription}/resourceGroups/corporate/providers/Microsoft.Network/dnsZones/mycompany.com`;

describe("a stack on AKS that is brought", function () {
  this.timeout(operationTimeout);
  let folder: string;
  let ids: (type: string, name?: RegExp) => string;

  // What the operator has already: the Azure of another installation, without its cluster's contents.
  before(async function () {
    this.timeout(engineTimeout);
    folder = await mkdtemp(join(tmpdir(), "spacelift-brought-"));
    const own = await open("own", {
      config: { "aks.prefix": "corp", "aks.resourceGroup.name": "corporate" },
    });
    await own.up();
    await own.close();
    const world = openWorld(own.folders.world);
    world.change((state) => {
      emptyCluster(state);
      const rows = resources.of(state);
      for (const [key] of rows.entries()) {
        if (/\/storageaccounts\/[^/]+\//.test(key)) rows.delete(key);
      }
    });
    // A group with nothing in it, and a zone that no installation makes.
    addExisting(world, `${subscription}/resourceGroups/given`);
    addExisting(world, dnsZone);
    const found = world.read((state) => resources.of(state).entries());
    ids = (type, name = /./) => {
      const match = found.map(([, { id }]) => id).find((id) => id.includes(`/${type}/`) && name.test(id));
      assert.ok(match, `${type} ${name} among\n${found.map(([, { id }]) => id).join("\n")}`);
      return match;
    };
    await cp(own.folders.world, join(folder, "world"), { recursive: true });
  });

  after(() => rm(folder, { recursive: true, force: true }));

  async function open(name: string, choice: Choice): Promise<RehearsedStack> {
    return RehearsedStack.open({
      stack: "aks",
      dir: join(folder, name),
      engine: await sharedEngine(),
      ...choice,
    });
  }

  const choices: Readonly<Record<string, () => Choice>> = {
    "resource group": () => ({ config: { "aks.resourceGroup": { name: "given", create: false } } }),
    network: () => ({
      config: {
        "aks.network.nodeSubnetId": ids("subnets", /node/),
        "aks.network.databaseSubnetId": ids("subnets", /postgres|database/),
        "aks.network.privateDnsZoneId": ids("privateDnsZones"),
      },
    }),
    "private DNS zone": () => ({ config: { "aks.network.privateDnsZoneId": ids("privateDnsZones") } }),
    "public IP": () => ({ config: { "aks.network.publicIpId": ids("publicIPAddresses") } }),
    "DNS zone": () => ({ config: { "aks.dns.zoneId": dnsZone, "tls.challenge": "dns01" } }),
    cluster: () => ({
      config: { "aks.cluster": { existingId: ids("managedClusters") } },
      secrets: { databaseUrl: samples.databaseUrl },
    }),
    registry: () => ({ config: { "aks.registry.id": ids("registries") } }),
    database: () => ({ secrets: { databaseUrl: samples.databaseUrl } }),
    "storage account": () => ({ config: { "aks.storage.accountId": ids("storageAccounts") } }),
  };

  for (const [what, choice] of Object.entries(choices)) {
    it(`uses a given ${what}`, async () => {
      const stack = await open(what.replaceAll(" ", "-"), choice());
      await cp(join(folder, "world"), stack.folders.world, { recursive: true });
      if (what !== "cluster") withoutClusters(openWorld(stack.folders.world));
      try {
        await stands(stack);
      } finally {
        await stack.close();
      }
    });
  }
});

/** Takes the clusters away with what they made: all share the one simulated Kubernetes, which must be the stack's. */
function withoutClusters(world: World): void {
  world.change((state) => {
    const rows = resources.of(state);
    for (const [key, { managedBy }] of rows.entries()) {
      if (key.includes("/managedclusters/") || managedBy !== undefined) rows.delete(key);
    }
  });
}
