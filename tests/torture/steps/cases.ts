import type { RehearsedStackOptions } from "../../support/rehearsed-stack";

type Configuration = Pick<RehearsedStackOptions, "config" | "secrets">;

/** An installation that is broken at each of its steps. */
export interface Case extends Configuration {
  readonly name: string;
  readonly stack: "onprem" | "aks";
  /** What is changed later, so that much is updated. */
  readonly change: Configuration;
}

/** Both targets, with the sizes and the main options that bring other resources. */
export const cases: readonly Case[] = [
  {
    name: "onprem",
    stack: "onprem",
    change: {
      config: {
        version: "v3.1.0",
        "tls.environment": "staging",
        "buckets.runLogs.expireAfterDays": 200,
        "buckets.metadata.expireAfterDays": 5,
        "onprem.namespaceLabels": { team: "platform" },
        "networkPeers.monitoring": [{ cidr: "198.51.100.0/24" }],
      },
      secrets: { adminPassword: "another-long-password" },
    },
  },
  {
    name: "aks",
    stack: "aks",
    change: {
      config: {
        "aks.tags": { team: "platform" },
        "aks.cluster.authorizedRanges": ["203.0.113.0/24"],
        "buckets.runLogs.expireAfterDays": 200,
        "networkPeers.monitoring": [{ cidr: "198.51.100.0/24" }],
      },
      secrets: { adminPassword: "another-long-password" },
    },
  },
  {
    name: "onprem with Traefik, gateway, workers outside and pools",
    stack: "onprem",
    config: {
      version: "v3.7.0",
      ingress: { mode: "traefik", address: "192.0.2.10" },
      tls: { mode: "selfSigned" },
      vcsGateway: { domain: "vcs-gateway.spacelift.example.com" },
      mqtt: { domain: "mqtt.spacelift.example.com", serviceType: "LoadBalancer" },
      proxy: { https: "http://proxy.example.com:3128", noProxy: ["10.244.0.0/16"] },
      buckets: { createBinaries: true },
      workers: { apiKeyId: "01HX0000000000000000000000", pools: [{ name: "default", size: 2 }] },
    },
    secrets: { workerApiKeySecret: "an-api-key-secret" },
    change: {
      config: { "ingress.address": "192.0.2.11", version: "v4.0.0" },
      secrets: { workerApiKeySecret: "another-api-key-secret" },
    },
  },
  {
    name: "aks in size dev",
    stack: "aks",
    config: { "aks.size": "dev" },
    change: { config: { "aks.tags": { team: "platform" } } },
  },
  {
    name: "aks in size ha with gateway and NAT",
    stack: "aks",
    config: {
      "aks.size": "ha",
      "aks.network.natGateway": true,
      "aks.database.readReplica": true,
      "vcsGateway.domain": "vcs-gateway.example.com",
    },
    change: { config: { "aks.tags": { team: "platform" } } },
  },
];
