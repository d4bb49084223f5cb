/**
 * Versions of the interfaces that are read, those of Microsoft's own libraries: Azure answers an unknown one with an error.
 */
export const apiVersions = {
  subscriptions: "2022-12-01",
  resources: "2021-04-01",
  features: "2021-07-01",
  authorization: "2022-04-01",
  skus: "2021-07-01",
  compute: "2024-11-01",
  network: "2024-05-01",
  dns: "2018-05-01",
  privateDns: "2020-06-01",
  containerService: "2025-07-01",
  postgres: "2025-08-01",
  storage: "2024-01-01",
  registry: "2025-11-01",
  operationalInsights: "2022-10-01",
} as const;

/** An interface of Azure. */
export type Api = keyof typeof apiVersions;
