import assert from "node:assert/strict";
import fc from "fast-check";
import { bucketCatalogue, planBuckets } from "../../../../components/buckets";
import {
  clusterProperties,
  type ClusterOptions,
} from "../../../../components/platform/aks/cluster-properties";
import { principalTypeOf } from "../../../../components/platform/aks/roles";
import { lifecycleRules } from "../../../../components/platform/aks/storage";
import { fixedNames, seedLength, seededNames } from "../../../../components/platform/aks/names";
import { poolProperties } from "../../../../components/platform/aks/node-pools";
import { roleDefinitionId, roles } from "../../../../components/platform/aks/roles";
import { databaseSecurityRules } from "../../../../components/platform/aks/network";
import { relativeName } from "../../../../components/platform/aks/dns";

const prefixes = fc.stringMatching(/^[a-z][a-z0-9]{1,11}$/);
const seeds = fc.stringMatching(new RegExp(`^[a-z0-9]{${seedLength}}$`));

describe("Azure names", () => {
  it("are legal for every prefix and seed", () => {
    fc.assert(
      fc.property(prefixes, seeds, (prefix, seed) => {
        const names = seededNames(prefix, seed);
        assert.match(names.storageAccount, /^[a-z0-9]{3,24}$/);
        assert.match(names.registry, /^[a-zA-Z0-9]{5,50}$/);
        assert.match(names.publicRegistry, /^[a-zA-Z0-9]{5,50}$/);
        assert.match(names.databaseServer, /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/);
        assert.match(names.databaseReplica, /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/);
        assert.match(names.databaseZoneLabel, /^[a-z0-9]{1,63}$/);
      }),
    );
  });

  it("end in the seed where the world shares them", () => {
    const names = Object.values({ ...seededNames("spacelift", "abc123") });
    for (const name of names) assert.match(name, /abc123(?:-ro)?$/);
    assert.equal(new Set(names).size, names.length);
  });

  it("never call the zone as the server, which Azure refuses", () => {
    const { databaseZoneLabel, databaseServer } = seededNames("spacelift", "abc123");
    assert.notEqual(databaseZoneLabel, databaseServer);
  });

  it("stay within what AKS makes labels of", () => {
    const names = fixedNames("a".repeat(12), "g".repeat(48));
    for (const name of Object.values({ ...names })) assert.ok(name.length <= 63, name);
    assert.match(names.dnsPrefix, /^[a-zA-Z0-9]([-a-zA-Z0-9]{0,52}[a-zA-Z0-9])?$/);
  });

  it("keep the ingress address out of the nodes' resource group", () => {
    const { ingressResourceGroup, nodeResourceGroup } = fixedNames("spacelift", "spacelift");
    assert.notEqual(ingressResourceGroup, nodeResourceGroup);
  });
});

describe("lifecycle rules", () => {
  const rules = lifecycleRules(planBuckets({}, true, true));

  it("never delete states or modules", () => {
    const text = JSON.stringify(rules);
    assert.doesNotMatch(text, /spacelift-states|spacelift-modules|spacelift-binaries/);
  });

  it("delete no versions of what never expires, whose days Azure counts from when they were written", () => {
    const chosen = { states: { expireNoncurrentAfterDays: 90 }, modules: { expireNoncurrentAfterDays: 90 } };
    assert.deepEqual(lifecycleRules(planBuckets(chosen, true, true)), rules);
  });

  it("delete versions of what expires after the days that are chosen", () => {
    const chosen = planBuckets({ workspaces: { expireNoncurrentAfterDays: 7 } }, false);
    const rule = lifecycleRules(chosen).find(
      ({ name }) => name.endsWith("workspaces") && !name.includes("user"),
    );
    assert.deepEqual(rule?.definition.actions, {
      baseBlob: { delete: { daysAfterModificationGreaterThan: 90 } },
      snapshot: { delete: { daysAfterCreationGreaterThan: 7 } },
      version: { delete: { daysAfterCreationGreaterThan: 7 } },
    });
  });

  it("drop the versions of everything that expires, or nothing would be freed", () => {
    const expiring = planBuckets({}, true, true).filter(
      ({ expireAfterDays }) => expireAfterDays !== undefined,
    );
    assert.equal(rules.length, expiring.length);
    for (const { definition } of rules) {
      assert.ok(definition.actions.baseBlob.delete.daysAfterModificationGreaterThan > 0);
      assert.ok(definition.actions.version.delete.daysAfterCreationGreaterThan > 0);
      assert.deepEqual(definition.actions.snapshot, definition.actions.version);
    }
  });

  it("match one container each, to the slash", () => {
    for (const { definition } of rules) {
      assert.equal(definition.filters.prefixMatch.length, 1);
      assert.match(definition.filters.prefixMatch[0] ?? "", /^[a-z0-9-]+\/$/);
    }
  });

  it("keep what the catalogue says", () => {
    const days = Object.fromEntries(
      rules.map(({ name, definition }) => [
        name,
        definition.actions.baseBlob.delete.daysAfterModificationGreaterThan,
      ]),
    );
    for (const spec of Object.values(bucketCatalogue)) {
      if ("expireAfterDays" in spec) assert.equal(days[`expire-${spec.name}`], spec.expireAfterDays);
    }
  });
});

describe("database security rules", () => {
  const rules = databaseSecurityRules("10.30.0.0/22", "10.30.4.0/26");

  it("let in the nodes and the servers themselves, to PostgreSQL alone", () => {
    const allowed = rules.filter(({ direction, access }) => direction === "Inbound" && access === "Allow");
    assert.deepEqual(
      allowed.map(({ sourceAddressPrefix, destinationPortRanges }) => [
        sourceAddressPrefix,
        destinationPortRanges,
      ]),
      [
        ["10.30.0.0/22", ["5432", "6432"]],
        ["10.30.4.0/26", ["5432", "6432"]],
      ],
    );
  });

  it("shut out the rest of the network, which Azure's own rules let in", () => {
    const last = rules.filter(({ direction }) => direction === "Inbound").at(-1);
    assert.deepEqual(
      [last?.access, last?.sourceAddressPrefix, last?.protocol],
      ["Deny", "VirtualNetwork", "*"],
    );
    assert.ok(last !== undefined && last.priority < 65000);
  });

  it("have priorities of their own in each direction", () => {
    for (const direction of ["Inbound", "Outbound"]) {
      const priorities = rules.filter((rule) => rule.direction === direction).map(({ priority }) => priority);
      assert.equal(new Set(priorities).size, priorities.length);
    }
  });
});

describe("node pools", () => {
  const pool = {
    name: "runs",
    purpose: "runs",
    vmSize: "Standard_D4ds_v5",
    minCount: 1,
    maxCount: 3,
    zones: [],
    osDisk: "Ephemeral",
  } as const;
  const options = {
    kubernetesVersion: "1.36",
    osSku: "AzureLinux",
    encryptionAtHost: false,
    pools: [pool],
  } as const;

  it("surge by a share of the pool, never by a number of nodes", () => {
    assert.match(poolProperties(pool, options, "subnet").upgradeSettings.maxSurge, /^\d+%$/);
  });

  it("wait for the longest run before an upgrade takes a node from it, and for the rest half an hour", () => {
    const drain = (of: Partial<Parameters<typeof poolProperties>[0]>, more: object = {}): number =>
      poolProperties({ ...pool, ...of }, { ...options, ...more }, "subnet").upgradeSettings
        .drainTimeoutInMinutes;
    // The vendor's limit of a run is 70 minutes, Azure's of a drain a day.
    assert.equal(drain({}), 100);
    assert.equal(drain({ purpose: "services" }), 30);
    assert.equal(drain({ purpose: "system" }, { pools: [] }), 100);
    assert.equal(drain({}, { longestRunMinutes: 240 }), 270);
    assert.equal(drain({}, { longestRunMinutes: 2000 }), 1440);
  });

  it("keep everything but runs off the nodes for runs", () => {
    const { nodeTaints, nodeLabels } = poolProperties(pool, options, "subnet");
    assert.deepEqual(nodeTaints, ["spacelift.io/runs=true:NoSchedule"]);
    assert.deepEqual(nodeLabels, { "spacelift.io/runs": "true" });
  });

  it("say nothing of zones where there are none", () => {
    assert.ok(!("availabilityZones" in poolProperties(pool, options, "subnet")));
  });

  const cluster: ClusterOptions = {
    ...options,
    tier: "Standard",
    systemPool: { ...pool, name: "system", purpose: "system" },
    pools: [],
    podCidr: "10.244.0.0/16",
    serviceCidr: "10.245.0.0/20",
    dnsServiceIp: "10.245.0.10",
    outbound: "loadBalancer",
    authorizedRanges: [],
    private: false,
    upgradeChannel: "patch",
    nodeOsUpgradeChannel: "NodeImage",
    azurePolicy: false,
  };

  it("keep the system's nodes for the system only where others are", () => {
    const alone = clusterProperties(cluster, "subnet").agentPoolProfiles[0];
    const beside = clusterProperties({ ...cluster, pools: [pool] }, "subnet").agentPoolProfiles[0];
    assert.equal(alone?.nodeTaints, undefined);
    assert.deepEqual(beside?.nodeTaints, ["CriticalAddonsOnly=true:NoSchedule"]);
  });

  it("switch local accounts off only where there is another way to log in", () => {
    assert.equal(clusterProperties(cluster, "subnet").disableLocalAccounts, false);
    const entra = { adminGroupIds: ["group"], azureRbac: false };
    const properties = clusterProperties({ ...cluster, entra }, "subnet");
    assert.equal(properties.disableLocalAccounts, true);
    assert.deepEqual(properties.aadProfile, {
      managed: true,
      enableAzureRBAC: false,
      adminGroupObjectIDs: ["group"],
    });
  });

  it("upgrade with the cluster, the system's own as well", () => {
    const properties = clusterProperties({ ...cluster, kubernetesVersion: "1.37" }, "subnet");
    assert.equal(properties.kubernetesVersion, "1.37");
    assert.equal(properties.agentPoolProfiles[0]?.orchestratorVersion, "1.37");
    assert.equal(
      poolProperties(pool, { ...cluster, kubernetesVersion: "1.37" }, "s").orchestratorVersion,
      "1.37",
    );
  });

  it("come with long-term support at the tier that is for it", () => {
    const plans = (["Free", "Standard", "Premium"] as const).map(
      (tier) => clusterProperties({ ...cluster, tier }, "subnet").supportPlan,
    );
    assert.deepEqual(plans, ["KubernetesOfficial", "KubernetesOfficial", "AKSLongTermSupport"]);
  });

  it("say that an add-on is off, which Azure would otherwise leave on", () => {
    assert.deepEqual(clusterProperties(cluster, "subnet").addonProfiles, {
      azurepolicy: { enabled: false },
      omsagent: { enabled: false },
    });
  });

  it("name a private zone only for a private API server", () => {
    const open = clusterProperties(cluster, "subnet").apiServerAccessProfile;
    assert.deepEqual(open, { enablePrivateCluster: false, authorizedIPRanges: [], disableRunCommand: true });
    const closed = clusterProperties({ ...cluster, private: true }, "subnet").apiServerAccessProfile;
    assert.deepEqual(closed, {
      enablePrivateCluster: true,
      privateDNSZone: "system",
      disableRunCommand: true,
    });
  });
});

describe("roles", () => {
  it("are full ids with GUIDs", () => {
    for (const role of Object.keys(roles) as (keyof typeof roles)[]) {
      assert.match(
        roleDefinitionId("sub", role),
        /^\/subscriptions\/sub\/providers\/Microsoft\.Authorization\/roleDefinitions\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
      );
    }
  });
});

describe("relativeName", () => {
  it("cuts the zone off, and calls the zone itself @", () => {
    assert.equal(relativeName("spacelift.example.com", "example.com"), "spacelift");
    assert.equal(relativeName("a.b.example.com", "example.com"), "a.b");
    assert.equal(relativeName("example.com", "example.com"), "@");
  });
});

describe("what the one that deploys is", () => {
  const token = (claims: object): string =>
    ["{}", JSON.stringify(claims), ""].map((part) => Buffer.from(part).toString("base64url")).join(".");

  it("is told by the claims of the token", () => {
    const user = { oid: "o", scp: "user_impersonation", idtyp: "user" };
    assert.equal(principalTypeOf(token(user)), "User");
    assert.equal(principalTypeOf(token({ oid: "o", scp: "user_impersonation" })), "User");
    assert.equal(principalTypeOf(token({ oid: "o", idtyp: "app" })), "ServicePrincipal");
    assert.equal(principalTypeOf(token({ oid: "o", xms_mirid: "/subscriptions/0" })), "ServicePrincipal");
  });

  it("is not told by what is no token of Entra's", () => {
    for (const text of ["", "opaque", "a.b.c", token({ sub: "x" })])
      assert.equal(principalTypeOf(text), undefined);
  });
});
