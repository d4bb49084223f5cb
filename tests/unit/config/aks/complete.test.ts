import assert from "node:assert/strict";
import fc from "fast-check";
import {
  addressCount,
  contains,
  defaultDnsServiceIp,
  formatAddress,
  includes,
  isPrivate,
  isPublic,
  overlaps,
  overlayNodes,
  parseAddress,
  parseRange,
  subnetCapacity,
} from "../../../../config/aks/cidr";
import { completeAks } from "../../../../config/aks/complete";
import { databaseTier, hasRoomForSystem } from "../../../../config/aks/sizes";
import { parentId, parseResourceId } from "../../../../config/aks/formats";
import { aks } from "../../../../config/aks/settings";
import { given, subscriptionId } from "../../../support/azure-configurations";

const ranges = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 }))
  .map(([address, prefix]) => ({ base: address - (address % 2 ** (32 - prefix)), prefix }));

const range = (text: string): NonNullable<ReturnType<typeof parseRange>> => {
  const parsed = parseRange(text);
  assert.ok(parsed, text);
  return parsed;
};

describe("IPv4 ranges", () => {
  it("are read back as they are written", () => {
    fc.assert(
      fc.property(ranges, (each) => {
        assert.deepEqual(parseRange(`${formatAddress(each.base)}/${each.prefix}`), each);
      }),
    );
  });

  it("overlap both ways, and with what they contain", () => {
    fc.assert(
      fc.property(ranges, ranges, (a, b) => {
        assert.equal(overlaps(a, b), overlaps(b, a));
        // Two ranges of this kind are nested or apart.
        assert.equal(overlaps(a, b), contains(a, b) || contains(b, a));
      }),
    );
  });

  it("include their first and last address and nothing beyond", () => {
    fc.assert(
      fc.property(ranges, (each) => {
        const end = each.base + addressCount(each);
        assert.ok(includes(each, each.base) && includes(each, end - 1));
        assert.ok(!includes(each, end) && !includes(each, each.base - 1));
      }),
    );
  });

  it("count what Azure leaves of them", () => {
    assert.equal(subnetCapacity(range("10.30.0.0/22")), 1019);
    assert.equal(overlayNodes(range("10.244.0.0/16")), 256);
    assert.equal(overlayNodes(range("10.244.0.0/20")), 16);
    assert.equal(overlayNodes(range("10.244.0.0/25")), 0);
    assert.equal(defaultDnsServiceIp(range("10.245.0.0/20")), "10.245.0.10");
  });

  for (const text of [
    "10.0.0.1/8",
    "10.0.0.0",
    "10.0.0.0/33",
    "10.0.0/8",
    "256.0.0.0/8",
    "10.0.0.0/8/8",
    "a/8",
  ]) {
    it(`rejects ${text}`, () => {
      assert.equal(parseRange(text), undefined);
    });
  }

  it("rejects addresses that are none", () => {
    for (const text of ["", "10.0.0", "10.0.0.256", "10.0.0.0.0", "::1"]) {
      assert.equal(parseAddress(text), undefined, text);
    }
  });
});

describe("private networks", () => {
  it("have a range as a whole, in part or not at all", () => {
    const judged = ["10.30.0.0/16", "100.64.0.0/10", "8.0.0.0/6", "0.0.0.0/0", "8.8.8.0/24"].map((text) => {
      const each = range(text);
      return [isPrivate(each), isPublic(each)];
    });
    assert.deepEqual(judged, [
      [true, false],
      [true, false],
      [false, false],
      [false, false],
      [false, true],
    ]);
  });
});

describe("resource ids", () => {
  it("are taken apart", () => {
    const id = given("Microsoft.Network/virtualNetworks/subnets", "corporate", "aks");
    assert.deepEqual(parseResourceId(id), {
      id,
      subscriptionId,
      resourceGroup: "corporate",
      type: "Microsoft.Network/virtualNetworks/subnets",
      names: ["corporate", "aks"],
      name: "aks",
    });
    assert.equal(parentId(id), given("Microsoft.Network/virtualNetworks", "corporate"));
  });

  it("rejects what is no id", () => {
    for (const text of ["", "aks", "/subscriptions/x", `/subscriptions/${subscriptionId}/resourceGroups/g`]) {
      assert.equal(parseResourceId(text), undefined, text);
    }
  });
});

describe("completeAks", () => {
  const complete = (section: object) => {
    const decided = completeAks(aks.parse({ subscriptionId, location: "westeurope", ...section }));
    const { cluster, database, storage } = decided;
    assert.ok(cluster.kind === "new" && database.kind === "new" && storage.kind === "new");
    return { ...decided, cluster, database, storage };
  };

  it("gives each size a coherent set", () => {
    const [dev, prod, ha] = ["dev", "prod", "ha"].map((size) => complete({ size }));
    assert.deepEqual(
      [dev, prod, ha].map((each) => [
        each?.cluster.tier,
        each?.cluster.pools.map(({ name }) => name).join(),
        each?.database.highAvailability,
        each?.database.backupDays,
        each?.storage.sku,
        each?.registry.sku,
        each?.replicas,
      ]),
      [
        ["Free", "", "Disabled", 7, "Standard_ZRS", "Standard", 1],
        ["Standard", "apps,runs", "ZoneRedundant", 35, "Standard_ZRS", "Standard", 3],
        ["Standard", "apps,runs", "ZoneRedundant", 35, "Standard_GZRS", "Premium", 3],
      ],
    );
  });

  it("lets every size become another: what Azure fixes for good is the same", () => {
    const fixed = ["dev", "prod", "ha"].map((size) => {
      const { zones, network, cluster, database } = complete({ size });
      const pools = cluster.pools.filter(({ name }) => name === "runs").map(({ minCount }) => minCount);
      return {
        zones,
        network,
        ranges: [cluster.podCidr, cluster.serviceCidr, cluster.dnsServiceIp],
        vmSize: cluster.systemPool.vmSize,
        min: cluster.systemPool.minCount,
        pools,
        login: database.adminLogin,
      };
    });
    const [dev, prod, ha] = fixed;
    assert.deepEqual({ ...dev, pools: prod?.pools }, prod);
    assert.deepEqual(prod, ha);
  });

  it("decides the disk of each pool by itself, so that one more changes none of the others", () => {
    const disks = (section: object): readonly string[] => {
      const { systemPool, pools } = complete(section).cluster;
      return [systemPool, ...pools].map(({ osDisk }) => osDisk);
    };
    const pools = [{ name: "apps" }, { name: "small", vmSize: "Standard_D2ds_v5" }];
    assert.deepEqual(disks({ cluster: { pools } }), ["Ephemeral", "Ephemeral", "Managed"]);
    assert.deepEqual(disks({ cluster: { pools, osDisk: "Managed" } }), ["Managed", "Managed", "Managed"]);
  });

  it("leaves out what a region lacks", () => {
    const china = complete({ cloud: "china", location: "chinaeast2" });
    assert.deepEqual([china.zones, china.storage.sku], [[], "Standard_LRS"]);
    const unzoned = complete({ size: "ha", location: "westus" });
    assert.deepEqual(unzoned.zones, []);
    assert.equal(unzoned.database.highAvailability, "SameZone");
    assert.equal(unzoned.storage.sku, "Standard_GRS");
    const unpaired = complete({ size: "ha", location: "polandcentral" });
    assert.equal(unpaired.database.geoRedundantBackup, false);
    assert.equal(unpaired.storage.sku, "Standard_ZRS");
  });

  it("takes every value the operator chooses over that of the size", () => {
    const chosen = complete({
      size: "ha",
      zones: [1],
      cluster: {
        tier: "Premium",
        systemPool: { maxCount: 9 },
        pools: [{ name: "apps" }],
        azurePolicy: false,
      },
      database: { sku: "Standard_E4ds_v5", storageGb: 512, backupDays: 10, highAvailability: "SameZone" },
      storage: { sku: "Standard_LRS", softDeleteDays: 3 },
      registry: { sku: "Basic" },
    });
    assert.deepEqual(chosen.zones, ["1"]);
    assert.equal(chosen.cluster.tier, "Premium");
    assert.equal(chosen.cluster.systemPool.maxCount, 9);
    assert.deepEqual(
      chosen.cluster.pools.map(({ name, zones }) => [name, zones]),
      [["apps", ["1"]]],
    );
    assert.equal(chosen.database.storageGb, 512);
    assert.equal(chosen.storage.softDeleteDays, 3);
    assert.equal(chosen.registry.sku, "Basic");
  });
});

describe("sizes of machines", () => {
  it("have room for the system on a local disk with a `d` behind the number, from four processors on", () => {
    const sizes = {
      Standard_D4ds_v5: true,
      Standard_D4ads_v5: true,
      Standard_E8ds_v4: true,
      Standard_D16ds_v5: true,
      Standard_D2ds_v5: false,
      Standard_D4s_v5: false,
      Standard_B4ms: false,
    };
    const found = Object.keys(sizes).map((size) => [size, hasRoomForSystem(size)]);
    assert.deepEqual(Object.fromEntries(found), sizes);
  });

  it("belong to a tier of PostgreSQL", () => {
    assert.deepEqual(["Standard_B2s", "Standard_D4ds_v5", "Standard_E4ds_v5"].map(databaseTier), [
      "Burstable",
      "GeneralPurpose",
      "MemoryOptimized",
    ]);
  });
});
