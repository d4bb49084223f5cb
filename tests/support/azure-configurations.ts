import { type TestConfig, merged, samples } from "./configurations";

/** The subscription of the tests. */
export const subscriptionId = "11111111-2222-3333-4444-555555555555";

/** The smallest configuration of the Azure target. */
export const minimalAks: TestConfig = {
  settings: {
    target: "aks",
    version: "v4.0.0",
    domain: "spacelift.example.com",
    images: { archive: "./self-hosted-v4.0.0.tar.gz" },
    tls: { mode: "acme", email: "platform@example.com" },
    aks: {
      subscriptionId,
      location: "westeurope",
      cluster: { authorizedRanges: ["203.0.113.0/24"] },
    },
  },
  secrets: { licenseToken: samples.licenseToken },
};

/** {@link minimalAks} with changes merged in; `undefined` takes a key away. */
export const configuredAks = (
  settings: Readonly<Record<string, unknown>> = {},
  secrets: Readonly<Record<string, string | undefined>> = {},
): TestConfig => merged(minimalAks, settings, secrets);

/** Ids of resources that are there. */
export const given = (type: string, ...names: readonly string[]): string => {
  const [namespace = "", ...types] = type.split("/");
  const path = types.map((each, index) => `${each}/${names[index] ?? ""}`).join("/");
  return `/subscriptions/${subscriptionId}/resourceGroups/corporate/providers/${namespace}/${path}`;
};

/** Resources of every kind that can be brought along. */
export const givenIds = {
  nodeSubnet: given("Microsoft.Network/virtualNetworks/subnets", "corporate", "aks"),
  databaseSubnet: given("Microsoft.Network/virtualNetworks/subnets", "corporate", "postgres"),
  privateZone: given("Microsoft.Network/privateDnsZones", "pg.private.postgres.database.azure.com"),
  publicIp: given("Microsoft.Network/publicIPAddresses", "spacelift"),
  cluster: given("Microsoft.ContainerService/managedClusters", "platform"),
  registry: given("Microsoft.ContainerRegistry/registries", "corporate"),
  account: given("Microsoft.Storage/storageAccounts", "corporatedata"),
  dnsZone: given("Microsoft.Network/dnsZones", "example.com"),
  workspace: given("Microsoft.OperationalInsights/workspaces", "platform"),
  actionGroup: given("Microsoft.Insights/actionGroups", "on-call"),
} as const;

/** A configuration of the Azure target in which everything that can be switched on is. */
export function fullAks(archive: string): TestConfig {
  return configuredAks(
    {
      images: { archive },
      vcsGateway: { domain: "vcs-gateway.example.com" },
      mqtt: { domain: "mqtt.example.com", serviceType: "LoadBalancer", staticAddress: true },
      tls: { mode: "acme", email: "platform@example.com", challenge: "dns01" },
      usageReporting: true,
      workers: { apiKeyId: "01HX", pools: [{ name: "default", size: 2 }] },
      aks: {
        size: "ha",
        tags: { team: "platform" },
        locks: true,
        network: { natGateway: true },
        cluster: {
          entra: { adminGroupIds: ["99999999-2222-3333-4444-555555555555"] },
          logAnalyticsWorkspaceId: givenIds.workspace,
        },
        database: {
          readReplica: true,
          parameters: { log_connections: "on", "azure.extensions": "PG_TRGM" },
          entraAdmin: { objectId: "99999999-2222-3333-4444-555555555555", principalName: "admins" },
        },
        storage: { allowedRanges: ["203.0.113.0/24"] },
        registry: { anonymousLauncher: true, loginUrl: "http://127.0.0.1:1" },
        dns: { zoneId: givenIds.dnsZone },
        alerts: { emails: ["platform@example.com"], actionGroupIds: [givenIds.actionGroup] },
      },
    },
    {
      adminPassword: "planted-admin-password",
      encryptionPrivateKey: samples.encryptionPrivateKey,
      workerApiKeySecret: "planted-worker-api-key",
    },
  );
}
