/** Anything that JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object. */
export type JsonObject = Readonly<Record<string, Json>>;

/** An application of Entra ID that may log in. */
export interface Application {
  readonly clientId: string;
  readonly objectId: string;
  /** Secrets, and whether each has expired. */
  readonly secrets: Readonly<Record<string, "valid" | "expired">>;
  /** Certificates, PEM. */
  readonly certificates: readonly string[];
  /** Subjects of the OIDC tokens that are taken, by issuer. */
  readonly subjects: Readonly<Record<string, string>>;
}

/** How a usage stands. */
export interface WorldUsage {
  readonly title: string;
  readonly used: number;
  readonly limit: number;
}

/** An answer that is given in place of the right one. */
export interface Fault {
  /** What the path must match. */
  readonly path: RegExp;
  readonly status: number;
  readonly code: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How often, from now on. */
  times: number;
}

/** Azure as those who read from it see it: one tenant, one subscription. Tests change it as they like. */
export interface ArmWorld {
  tenantId: string;
  subscriptionId: string;
  subscriptionState: string;
  application: Application;
  /** What Entra ID says to any request for a token; undefined for what is right. */
  refusal: { readonly error: string; readonly code: number; readonly description: string } | undefined;
  /** Seconds for which tokens are good. */
  tokenSeconds: number;
  /** Roles' permissions by the scope they are assigned at, in lower case. */
  permissions: Map<
    string,
    readonly { readonly actions: readonly string[]; readonly notActions: readonly string[] }[]
  >;
  roleAssignments: { role: string; scope: string; condition?: string }[];
  /** States of registration by namespace. */
  providers: Map<string, string>;
  features: Map<string, string>;
  /** Types that a region does not offer. */
  notOffered: Set<string>;
  locations: JsonObject[];
  skus: JsonObject[];
  usages: Record<"compute" | "network" | "storage" | "postgres", Map<string, WorldUsage>>;
  kubernetesVersions: JsonObject[];
  postgresCapabilities: JsonObject[];
  /** Resource groups by name. */
  groups: Map<string, JsonObject>;
  /** Resources by id, in lower case. */
  resources: Map<string, JsonObject>;
  faults: Fault[];
  /** How many items a page has. */
  pageSize: number;
}

const tenantId = "aaaaaaaa-0000-4000-8000-000000000001";

/** A subscription with everything that the size `ha` takes, and nothing deployed. */
export function armWorld(subscriptionId: string): ArmWorld {
  return {
    tenantId,
    subscriptionId,
    subscriptionState: "Enabled",
    application: {
      clientId: "cccccccc-0000-4000-8000-000000000001",
      objectId: "dddddddd-0000-4000-8000-000000000001",
      secrets: { "planted-client-secret": "valid", "planted-expired-secret": "expired" },
      certificates: [],
      subjects: { "https://issuer.example.com": "repo:acme/spacelift:ref:refs/heads/main" },
    },
    refusal: undefined,
    tokenSeconds: 3600,
    permissions: new Map([[`/subscriptions/${subscriptionId}`, [{ actions: ["*"], notActions: [] }]]]),
    roleAssignments: [
      { role: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", scope: `/subscriptions/${subscriptionId}` },
    ],
    providers: new Map(namespaces.map((namespace) => [namespace, "Registered"])),
    features: new Map([["Microsoft.Compute/EncryptionAtHost", "NotRegistered"]]),
    notOffered: new Set(),
    locations: [
      region(subscriptionId, "westeurope", "West Europe", 3, "northeurope"),
      region(subscriptionId, "northeurope", "North Europe", 3, "westeurope"),
      region(subscriptionId, "westus", "West US", 0, "eastus"),
      region(subscriptionId, "polandcentral", "Poland Central", 3),
    ],
    skus: [
      vmSku("Standard_D4ds_v5", "standardDDSv5Family", 4),
      vmSku("Standard_D4ds_v6", "standardDDSv6Family", 4),
      vmSku("Standard_D8ds_v5", "standardDDSv5Family", 8),
      { resourceType: "disks", name: "Premium_LRS", locations: ["westeurope"], restrictions: [] },
    ],
    usages: {
      compute: new Map([
        ["cores", { title: "Total Regional vCPUs", used: 10, limit: 400 }],
        ["standardDDSv5Family", { title: "Standard DDSv5 Family vCPUs", used: 10, limit: 400 }],
        ["virtualMachines", { title: "Virtual Machines", used: 2, limit: 25_000 }],
      ]),
      network: new Map([
        ["PublicIPAddresses", { title: "Public IP Addresses", used: 3, limit: 1000 }],
        [
          "IPv4StandardSkuPublicIpAddresses",
          { title: "Public IPv4 Addresses - Standard", used: 3, limit: 20 },
        ],
      ]),
      storage: new Map([["StorageAccounts", { title: "Storage Accounts", used: 1, limit: 250 }]]),
      postgres: new Map([
        ["cores", { title: "cores", used: 0, limit: 200 }],
        ["standardDDSv5Family", { title: "standardDDSv5Family", used: 0, limit: 100 }],
        ["standardBSFamily", { title: "standardBSFamily", used: 0, limit: 100 }],
      ]),
    },
    kubernetesVersions: ["1.34", "1.35", "1.36", "1.37"].map((version) => kubernetesVersion(version)),
    postgresCapabilities: [postgresCapability()],
    groups: new Map(),
    resources: new Map(),
    faults: [],
    pageSize: 2,
  };
}

const namespaces = [
  "Microsoft.Authorization",
  "Microsoft.Compute",
  "Microsoft.ContainerRegistry",
  "Microsoft.ContainerService",
  "Microsoft.DBforPostgreSQL",
  "Microsoft.Insights",
  "Microsoft.ManagedIdentity",
  "Microsoft.Network",
  "Microsoft.OperationalInsights",
  "Microsoft.OperationsManagement",
  "Microsoft.PolicyInsights",
  "Microsoft.Storage",
];

/** A region as a subscription lists it. */
export function region(
  subscriptionId: string,
  name: string,
  displayName: string,
  zones: number,
  pair?: string,
): JsonObject {
  return {
    id: `/subscriptions/${subscriptionId}/locations/${name}`,
    name,
    type: "Region",
    displayName,
    regionalDisplayName: `(Somewhere) ${displayName}`,
    metadata: {
      regionType: "Physical",
      regionCategory: "Recommended",
      geography: "Somewhere",
      longitude: "4.9",
      latitude: "52.3",
      physicalLocation: "Somewhere",
      pairedRegion:
        pair === undefined ? [] : [{ name: pair, id: `/subscriptions/${subscriptionId}/locations/${pair}` }],
    },
    ...(zones > 0 && {
      availabilityZoneMappings: Array.from({ length: zones }, (_, index) => ({
        logicalZone: String(index + 1),
        physicalZone: `${name}-az${zones - index}`,
      })),
    }),
  };
}

/** A size of machines as `Microsoft.Compute/skus` lists it, in three zones of West Europe. */
export function vmSku(name: string, family: string, vCpus: number, changes: JsonObject = {}): JsonObject {
  return {
    resourceType: "virtualMachines",
    name,
    tier: "Standard",
    size: name.replace("Standard_", ""),
    family,
    locations: ["westeurope"],
    locationInfo: [{ location: "westeurope", zones: ["2", "1", "3"], zoneDetails: [] }],
    capabilities: [
      { name: "vCPUs", value: String(vCpus) },
      { name: "EphemeralOSDiskSupported", value: "True" },
      { name: "EncryptionAtHostSupported", value: "True" },
    ],
    restrictions: [],
    ...changes,
  };
}

/** A minor version as AKS lists it. */
export const kubernetesVersion = (
  version: string,
  supportPlan = ["KubernetesOfficial", "AKSLongTermSupport"],
): JsonObject => ({
  version,
  capabilities: { supportPlan },
  patchVersions: { [`${version}.1`]: { upgrades: [`${version}.2`] }, [`${version}.2`]: { upgrades: [] } },
});

/** What a region offers of PostgreSQL. */
export function postgresCapability(changes: JsonObject = {}): JsonObject {
  const sku = (name: string, vCores: number, supportedHaMode: readonly string[]): JsonObject => ({
    name,
    vCores,
    supportedIops: 6400,
    supportedMemoryPerVcoreMb: 4096,
    supportedZones: ["1", "2", "3"],
    supportedHaMode,
    supportedFeatures: [],
    securityProfile: "Standard",
    status: "Available",
  });
  const both = ["SameZone", "ZoneRedundant"];
  return {
    name: "FlexibleServerCapabilities",
    supportedServerEditions: [
      {
        name: "Burstable",
        defaultSkuName: "Standard_B1ms",
        supportedServerSkus: [sku("Standard_B2s", 2, [])],
      },
      {
        name: "GeneralPurpose",
        defaultSkuName: "Standard_D2ds_v5",
        supportedServerSkus: [
          sku("Standard_D4ds_v5", 4, both),
          sku("Standard_D4ads_v5", 4, both),
          sku("Standard_D8ds_v5", 8, both),
        ],
      },
    ],
    supportedServerVersions: [
      { name: "15", supportedVersionsToUpgrade: ["16", "17"], supportedFeatures: [] },
      { name: "16", supportedVersionsToUpgrade: ["17"], supportedFeatures: [] },
      { name: "17", supportedVersionsToUpgrade: [], supportedFeatures: [] },
    ],
    supportedFeatures: [{ name: "GeoBackup", status: "Enabled" }],
    geoBackupSupported: "Enabled",
    zoneRedundantHaSupported: "Enabled",
    restricted: "Disabled",
    ...changes,
  };
}
