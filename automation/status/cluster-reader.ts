import { z } from "zod";
import { findHelmRelease, type HelmRelease } from "../../kubernetes/helm-release";
import type { KubeClient } from "../../kubernetes/kube-client";
import { conditionsSchema, helmOwner, metadataSchema, stringMap } from "../../kubernetes/values";
import { type Pod, podSchema } from "../../kubernetes/pods";
import type { IngressStatus } from "./report";

/** Name of Spacelift's Helm release. */
export const releaseName = "spacelift";

const count = z.number().int().optional();
const templateSchema = z.object({
  containers: z.array(
    z.object({
      name: z.string(),
      image: z.string(),
      envFrom: z
        .array(z.object({ secretRef: z.object({ name: z.string().optional() }).optional() }))
        .nullish(),
    }),
  ),
});

/** A Deployment, as the cluster has it or a chart renders it. */
export const deploymentSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({
    replicas: count,
    selector: z.object({ matchLabels: stringMap }),
    template: z.object({ spec: templateSchema }),
  }),
  status: z
    .object({
      readyReplicas: count,
      updatedReplicas: count,
      conditions: conditionsSchema,
    })
    .nullish(),
});

/** An Ingress, as the cluster has it or a chart renders it. */
export const ingressSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({
    ingressClassName: z.string().optional(),
    rules: z.array(z.object({ host: z.string().optional() })).nullish(),
  }),
  status: z
    .object({
      loadBalancer: z
        .object({
          ingress: z
            .array(z.object({ ip: z.string().optional(), hostname: z.string().optional() }))
            .nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

/** A Deployment. */
export type Deployment = z.output<typeof deploymentSchema>;
/** Names of the Secrets whose variables the pods of a Deployment are started with. */
export const envSecrets = ({ spec }: Deployment): readonly string[] =>
  spec.template.spec.containers.flatMap(({ envFrom }) =>
    (envFrom ?? []).flatMap(({ secretRef }) => secretRef?.name ?? []),
  );
/** An Ingress. */
export type Ingress = z.output<typeof ingressSchema>;

/** Reads the objects of the Spacelift release, each kind once however many parts of a report need it. */
export class ClusterReader {
  private readonly cache = new Map<string, Promise<unknown>>();

  /** @param signal ends every call */
  constructor(
    readonly client: KubeClient,
    readonly namespace: string,
    private readonly signal: AbortSignal,
  ) {}

  /** Deployments of the release. */
  async deployments(): Promise<readonly Deployment[]> {
    const path = `/apis/apps/v1/namespaces/${this.namespace}/deployments`;
    const found = await this.once(path, () =>
      this.client.list(path, deploymentSchema, { signal: this.signal }),
    );
    return found.filter(({ metadata }) => helmOwner(metadata)?.release === releaseName);
  }

  /** All pods of the namespace. */
  pods(): Promise<readonly Pod[]> {
    const path = `/api/v1/namespaces/${this.namespace}/pods`;
    return this.once(path, () => this.client.list(path, podSchema, { signal: this.signal }));
  }

  /** Ingresses of the release. */
  async ingresses(): Promise<readonly Ingress[]> {
    const path = `/apis/networking.k8s.io/v1/namespaces/${this.namespace}/ingresses`;
    const found = await this.once(path, () => this.client.list(path, ingressSchema, { signal: this.signal }));
    return found.filter(({ metadata }) => helmOwner(metadata)?.release === releaseName);
  }

  /** The newest revision of the release; undefined when there is none. */
  release(): Promise<HelmRelease | undefined> {
    return this.once("release", () =>
      findHelmRelease(this.client, this.namespace, releaseName, { signal: this.signal }),
    );
  }

  private once<T>(key: string, read: () => Promise<T>): Promise<T> {
    const known = this.cache.get(key);
    // Each key is read by one function alone, which says its type.
    if (known) return known as Promise<T>;
    const reading = read();
    this.cache.set(key, reading);
    return reading;
  }
}

/** Reads the Ingresses of Spacelift. */
export const readIngresses = async (reader: ClusterReader): Promise<readonly IngressStatus[]> =>
  (await reader.ingresses()).map(ingress);

function ingress({ metadata, spec, status }: Ingress): IngressStatus {
  const published = status?.loadBalancer?.ingress ?? [];
  return {
    name: metadata.name,
    ...(spec.ingressClassName !== undefined && { className: spec.ingressClassName }),
    hosts: (spec.rules ?? []).flatMap(({ host }) => host ?? []),
    addresses: published.flatMap(({ ip, hostname }) => ip ?? hostname ?? []),
  };
}
