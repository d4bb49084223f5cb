import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Platform } from "../../components/platform/platform";

/** A platform of plain values: what the Spacelift side sees of any target. */
export function fakePlatform(more: Partial<Platform> = {}): Platform {
  return {
    kubernetes: { provider: new k8s.Provider("fake", { clusterIdentifier: "fake" }), namespaceLabels: {} },
    images: {
      backend: "registry.example.com/backend:v3.0.0",
      launcherRepository: "registry.example.com/launcher",
      tag: "v3.0.0",
      pullSecretNames: [],
      pushed: [],
    },
    database: { url: pulumi.secret("postgres://u:planted@h/d") },
    objectStorage: {
      service: { type: "azure", accountUrl: "https://account.blob.core.windows.net" },
      buckets: { states: "states" },
      uploadsUrl: "https://account.blob.core.windows.net",
    },
    ingress: { defaultMode: "traefik", serviceAnnotations: {} },
    kept: [],
    ...more,
  };
}
