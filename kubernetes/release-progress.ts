import { parseAllDocuments } from "yaml";
import { z } from "zod";
import type { HelmRelease } from "./helm-release";
import type { CallOptions, KubeClient } from "./kube-client";

const manifestSchema = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
});

const count = z.number().int().optional();
const workloadSchema = z.object({
  metadata: z.object({ generation: count }),
  spec: z.object({ replicas: count }),
  status: z
    .object({
      observedGeneration: count,
      replicas: count,
      updatedReplicas: count,
      readyReplicas: count,
      desiredNumberScheduled: count,
      updatedNumberScheduled: count,
      numberReady: count,
    })
    .nullish(),
});
const serviceSchema = z.object({
  spec: z.object({ type: z.string().optional(), externalIPs: z.array(z.string()).nullish() }),
  status: z
    .object({ loadBalancer: z.object({ ingress: z.array(z.unknown()).nullish() }).nullish() })
    .nullish(),
});

/**
 * How far the objects of a release are that Helm waits for: `ready`; `missing`, when one has not been created; `unready`;
 * `unknown`, when there are kinds among them that this does not know how to judge.
 */
export type ReleaseProgress = "ready" | "missing" | "unready" | "unknown";

const plurals: Readonly<Record<string, string>> = {
  Deployment: "apis/apps/v1/namespaces/*/deployments",
  StatefulSet: "apis/apps/v1/namespaces/*/statefulsets",
  DaemonSet: "apis/apps/v1/namespaces/*/daemonsets",
  Service: "api/v1/namespaces/*/services",
};

/** Further kinds that `helm --wait` waits for (Helm's pkg/kube/ready.go). */
const unjudged = ["Pod", "Job", "PersistentVolumeClaim", "ReplicationController", "ReplicaSet"];

/** Looks at the objects of a revision. */
export async function releaseProgress(
  client: KubeClient,
  namespace: string,
  { manifest }: Pick<HelmRelease, "manifest">,
  options: CallOptions,
): Promise<ReleaseProgress> {
  const objects = parseAllDocuments(manifest).flatMap((document) => {
    const object = manifestSchema.safeParse(document.toJS());
    return object.success ? [object.data] : [];
  });
  if (objects.some(({ kind }) => unjudged.includes(kind))) return "unknown";
  const states = await Promise.all(
    objects.map(async ({ kind, metadata }): Promise<ReleaseProgress> => {
      const collection = plurals[kind];
      if (collection === undefined) return "ready";
      const path = `/${collection.replace("*", metadata.namespace ?? namespace)}/${metadata.name}`;
      const found = await client.find(path, z.unknown(), options);
      if (found === undefined) return "missing";
      return (kind === "Service" ? isServiceReady(found) : isWorkloadReady(found)) ? "ready" : "unready";
    }),
  );
  if (states.includes("missing")) return "missing";
  return states.includes("unready") ? "unready" : "ready";
}

/** Stricter than Helm, which takes a rollout for done while the last `maxUnavailable` pods are still missing. */
function isWorkloadReady(object: unknown): boolean {
  const workload = workloadSchema.safeParse(object);
  if (!workload.success) return false;
  const { metadata, spec, status } = workload.data;
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0)) return false;
  const wanted = status?.desiredNumberScheduled ?? spec.replicas ?? 1;
  const updated = status?.updatedNumberScheduled ?? status?.updatedReplicas ?? 0;
  const ready = status?.numberReady ?? status?.readyReplicas ?? 0;
  return updated === wanted && ready >= wanted && (status?.replicas ?? wanted) === wanted;
}

function isServiceReady(object: unknown): boolean {
  const service = serviceSchema.safeParse(object);
  if (!service.success) return false;
  const { spec, status } = service.data;
  if (spec.type !== "LoadBalancer" || (spec.externalIPs ?? []).length > 0) return true;
  return (status?.loadBalancer?.ingress ?? []).length > 0;
}
