import { defineTwin } from "../framework";
import { configFields, replaceProviderOn } from "./config";
import { release } from "./helm/release";
import { objectFallback } from "./object-resource";

/** Simulates the Kubernetes provider on one simulated cluster. */
export const kubernetesTwin = defineTwin({
  package: "kubernetes",
  version: "4.34.2",
  config: configFields,
  replaceProviderOn,
  resources: { "kubernetes:helm.sh/v3:Release": release },
  fallback: objectFallback,
});
