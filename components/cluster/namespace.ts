import * as core from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";

/** Makes a namespace. It goes last, when everything in it has been taken away in order. */
export function createNamespace(
  logicalName: string,
  name: string,
  labels: Readonly<Record<string, string>>,
  opts: pulumi.CustomResourceOptions,
): core.Namespace {
  return new core.Namespace(
    logicalName,
    { metadata: { name, ...(Object.keys(labels).length > 0 && { labels }) } },
    // A load balancer or a finalizer may take its time.
    { ...opts, customTimeouts: { delete: "15m" } },
  );
}
