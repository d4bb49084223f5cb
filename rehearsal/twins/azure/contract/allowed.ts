/**
 * Properties that the provider's version of the interface has and the description does not, each with the reason.
 * By model, then by path without positions in lists.
 */
export const ALLOWED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  VirtualNetworkLink: {
    resolutionPolicy: "since 2024-06-01; the description is of 2020-06-01",
  },
  DataCollectionRuleResource: {
    "dataFlows.streams": "the streams of an extension have names of their own, which the list leaves out",
    "dataSources.extensions.streams":
      "the streams of an extension have names of their own, which the list leaves out",
  },
  DiagnosticSettingsResource: {
    "logs.categoryGroup": "since 2021-05-01-preview; the description is of 2017-05-01-preview",
    marketplacePartnerId: "since 2021-05-01-preview; the description is of 2017-05-01-preview",
  },
};

/** Values that the provider's version of the interface has and the description does not, by model and property. */
export const FURTHER_VALUES: Readonly<Record<string, readonly string[]>> = {
  "HighAvailability.mode": ["Disabled"],
  "AgentPool.workloadRuntime": ["KataVmIsolation"],
  "ManagedClusterAgentPoolProfile.workloadRuntime": ["KataVmIsolation"],
};
