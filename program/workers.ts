import { defined } from "../components/json";
import type { Platform } from "../components/platform/platform";
import type { Spacelift } from "../components/spacelift";
import { Workers } from "../components/workers";
import type { Configuration } from "../config/load";
import { clusterOptions } from "./platform";
import { required } from "../config/problems";
import { trustedCas } from "./spacelift";

/** Creates the controller and the pools, if there are to be any. */
export function createWorkers(
  configuration: Configuration,
  platform: Platform,
  spacelift: Spacelift,
): Workers | undefined {
  const { settings, secrets, poolCredentials } = configuration;
  const { workers } = settings;
  if (!workers.enabled) return undefined;
  return new Workers(
    "workers",
    defined({
      namespace: workers.namespace,
      createNamespace: workers.createNamespace,
      controllerNamespace: workers.controllerNamespace,
      createControllerNamespace: workers.createControllerNamespace,
      namespaceLabels: platform.kubernetes.namespaceLabels,
      access: platform.kubernetes.access,
      endpoint: `https://${settings.domain}`,
      apiKey:
        workers.apiKeyId === undefined
          ? undefined
          : workers.apiKeyType === "oidc"
            ? { id: workers.apiKeyId }
            : { id: workers.apiKeyId, secret: required(secrets.workerApiKeySecret, "workerApiKeySecret") },
      pools: workers.pools,
      credentials: poolCredentials,
      images: platform.images,
      nodes: platform.kubernetes.workerNodes,
      rootCas: trustedCas(configuration),
      proxy: settings.proxy,
      podCidr: platform.kubernetes.podCidr,
      podDisruptionBudgets: settings.podDisruptionBudgets,
      networkPolicies: settings.networkPolicies,
      reachableEntities: settings.networkPeers.runs,
      chart: settings.charts.workerController,
      helmValues: workers.helmValues,
      spacelift: spacelift.release,
    }),
    clusterOptions(platform),
  );
}
