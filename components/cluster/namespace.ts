import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** Makes a namespace. It goes last, when everything in it has been taken away in order. */
export function createNamespace(
  logicalName: string,
  name: string,
  labels: Readonly<Record<string, string>>,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Namespace {
  return new k8s.core.v1.Namespace(
    logicalName,
    { metadata: { name, ...(Object.keys(labels).length > 0 && { labels }) } },
    // A load balancer or a finalizer may take its time.
    { ...opts, customTimeouts: { delete: "15m" } },
  );
}
