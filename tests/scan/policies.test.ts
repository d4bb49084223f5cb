import assert from "node:assert/strict";
import { givenIds, subscriptionId } from "../support/azure-configurations";
import { withExchange } from "../support/exchange";
import { Inventory } from "../support/inventory";
import { scratchFolder } from "../support/scratch";
import { type Changes, runExample } from "./example";
import { azure, policies, productionPolicies } from "./policies";
import { edited } from "./policies/edited";

const everything = {
  aks: {
    subscriptionId,
    size: "ha",
    network: { natGateway: true },
    cluster: {
      authorizedRanges: ["203.0.113.0/24"],
      entra: { adminGroupIds: ["99999999-2222-3333-4444-555555555555"] },
      logAnalyticsWorkspaceId: givenIds.workspace,
    },
    database: { readReplica: true, parameters: { log_connections: "on" } },
    storage: { allowedRanges: ["203.0.113.0/24"] },
    registry: { anonymousLauncher: true },
    dns: { zoneId: givenIds.dnsZone },
  },
  settings: {
    domain: "spacelift.example.com",
    tls: { mode: "acme", email: "platform@example.com", challenge: "dns01" },
  },
} as const satisfies Changes;

const examples: Readonly<Record<string, Changes>> = {
  "size dev": { aks: { size: "dev" } },
  "size prod": { aks: { size: "prod" } },
  "size ha": { aks: { size: "ha" } },
  "everything switched on": everything,
};

const guard = "platform-network-database-guard";
const rule = "policy.rules.0.definition";

/** Ways to go wrong: the policy that notices, the resource, the path in its inputs, and what is there instead. */
const wrong: readonly (readonly [policy: RegExp, name: string, path: string, value: unknown])[] = [
  [/neither states/, "platform-storage-lifecycle", `${rule}.filters.prefixMatch`, ["spacelift-states/"]],
  [/neither states/, "platform-storage-lifecycle", `${rule}.filters.prefixMatch`, ["spacelift-"]],
  [/neither states/, "platform-storage-lifecycle", `${rule}.filters.prefixMatch`, undefined],
  [/drops the versions/, "platform-storage-lifecycle", `${rule}.actions.version`, undefined],
  [/drops the versions/, "platform-storage-lifecycle", "policy.rules", []],
  [/drops the versions/, "platform-storage-blobs", "isVersioningEnabled", false],
  [/whole containers/, "platform-storage-lifecycle", `${rule}.filters.prefixMatch`, ["spacelift-deliveries"]],
  [/nobody without a login/, "platform-storage-account", "allowBlobPublicAccess", true],
  [/nobody without a login/, "platform-storage-account", "allowSharedKeyAccess", true],
  [/nobody without a login/, "platform-storage-account", "minimumTlsVersion", "TLS1_1"],
  [/nobody without a login/, "platform-storage-account", "enableHttpsTrafficOnly", false],
  [/publishes no container/, "platform-storage-uploads", "publicAccess", "Blob"],
  [/no password/, "platform-registry-registry", "adminUserEnabled", true],
  [/service principal/, "platform-backend-role", "principalType", "User"],
  [/on a subscription/, "platform-backend-role", "scope", `/subscriptions/${subscriptionId}`],
  [/on a subscription/, "platform-ingress-role", "scope", "platform-group-id"],
  [/on a subscription/, "platform-ingress-role", "scope", "/subscriptions/0/resourceGroups/spacelift"],
  [
    /may do everything/,
    "platform-backend-role",
    "roleDefinitionId",
    "/x/8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  ],
  [/nodes' resource group/, "platform-ingress-ip", "resourceGroupName", "spacelift-nodes"],
  [/guards the database/, "platform-network-database", "networkSecurityGroup", undefined],
  [/none but nodes/, guard, "securityRules.0.sourceAddressPrefix", "10.244.0.0/16"],
  [/none but nodes/, guard, "securityRules.0.destinationPortRanges", ["22"]],
  [/none but nodes/, guard, "securityRules.0.protocol", "*"],
  [/none but nodes/, guard, "securityRules.2.access", "Allow"],
  [/none but nodes/, guard, "securityRules.2.priority", 90],
  [/none but nodes/, guard, "securityRules", []],
  [/no public address/, "platform-cluster-cluster", "agentPoolProfiles.0.enableNodePublicIP", true],
  [/off public networks/, "platform-database-server", "network.publicNetworkAccess", "Enabled"],
  [/into a subnet/, "platform-database-server", "network.delegatedSubnetResourceId", undefined],
  [/backs up/, "platform-database-server", "backup.backupRetentionDays", 1],
  [/backs up/, "platform-database-server", "version", "14"],
  [/backs up/, "platform-database-server", "administratorLoginPassword", "open"],
  [/carries the seed/, "platform-storage-account", "accountName", "spaceliftstorage"],
  [/carries the seed/, "platform-database-zone", "privateZoneName", "spacelift.private.example.com"],
  [/standby/, "platform-database-server", "highAvailability.mode", "Disabled"],
  [/standby/, "platform-database-server", "backup.backupRetentionDays", 7],
];

describe("policies of the Azure target", () => {
  const folder = scratchFolder();
  const exchange = withExchange();
  const inventoryOf = (changes: Changes): Promise<Inventory> =>
    runExample({ folder: folder(), loginUrl: exchange.url() }, changes);
  let production: Promise<Inventory> | undefined;
  const prod = (): Promise<Inventory> => (production ??= inventoryOf({ aks: { size: "prod" } }));

  for (const [title, changes] of Object.entries(examples)) {
    it(`hold with ${title}`, async () => {
      const inventory = await inventoryOf(changes);
      const binding = title === "size dev" ? policies : [...policies, ...productionPolicies];
      for (const policy of binding) assert.deepEqual(policy.violations(inventory), [], policy.title);
      // A type that is called otherwise would satisfy every policy.
      for (const type of Object.values(azure)) assert.ok(inventory.all(type).length > 0, type);
    });
  }

  it("rejects every way to break them, each policy at least one", async () => {
    const inventory = await prod();
    const all = [...policies, ...productionPolicies];
    for (const [pattern, name, path, value] of wrong) {
      const found = all.filter(({ title }) => pattern.test(title));
      assert.equal(found.length, 1, pattern.source);
      const violations = found[0]!.violations(edited(inventory, name, path, value));
      assert.notDeepEqual(violations, [], `${found[0]!.title}: ${name} ${path}`);
    }
    for (const { title } of all) {
      assert.ok(
        wrong.some(([pattern]) => pattern.test(title)),
        title,
      );
    }
  });

  it("rejects a database that is not protected", async () => {
    const inventory = await prod();
    const open = new Inventory(
      inventory.resources.map((resource) => ({
        ...resource,
        options: { ...resource.options, protect: false },
      })),
    );
    const violations = policies.flatMap((policy) => policy.violations(open));
    assert.deepEqual(violations, ["platform-database-server: is not protected"]);
  });
});
