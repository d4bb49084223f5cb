import assert from "node:assert/strict";
import type { ApiClient, ApiObject } from "./ground/api-client";
import { namesOf } from "./support";

/** What tests ask a cluster that a stack was made in. */

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
}

interface PodTemplate {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly {
      readonly image: string;
      readonly envFrom?: readonly { readonly secretRef?: { readonly name: string } }[];
    }[];
  };
}

const deploymentsPath = (namespace: string): string => `/apis/apps/v1/namespaces/${namespace}/deployments`;

/** Names of the objects of a namespace. */
export const namesIn = async (
  api: ApiClient,
  group: string,
  namespace: string,
  resource: string,
): Promise<string[]> => namesOf(await api.list(`${group}/namespaces/${namespace}/${resource}`));

/** The template of the pods of a deployment. */
export async function podTemplate(api: ApiClient, namespace: string, name: string): Promise<PodTemplate> {
  const { spec } = (await api.get(`${deploymentsPath(namespace)}/${name}`)) as unknown as {
    readonly spec: { readonly template: PodTemplate };
  };
  return spec.template;
}

/** The variables that a deployment's containers start with, decoded, from the Secrets that it names. */
export async function variablesOf(
  api: ApiClient,
  namespace: string,
  name: string,
): Promise<Readonly<Record<string, string>>> {
  const { spec } = await podTemplate(api, namespace, name);
  const variables: Record<string, string> = {};
  for (const { secretRef } of spec.containers.flatMap(({ envFrom = [] }) => envFrom)) {
    if (secretRef === undefined) continue;
    const { data = {} } = (await api.get(
      `/api/v1/namespaces/${namespace}/secrets/${secretRef.name}`,
    )) as unknown as {
      readonly data?: Readonly<Record<string, string>>;
    };
    for (const [key, value] of Object.entries(data))
      variables[key] = Buffer.from(value, "base64").toString("utf8");
  }
  return variables;
}

/** A deployment, and how many of its pods are ready. */
export interface DeploymentState {
  readonly uid: string;
  readonly name: string;
  readonly replicas: number;
  readonly ready: number;
}

/** The deployments of a namespace. */
export async function deployments(api: ApiClient, namespace: string): Promise<readonly DeploymentState[]> {
  const found = await api.list(deploymentsPath(namespace));
  return found.map(({ metadata, spec, status }) => {
    const { replicas } = spec as { readonly replicas: number };
    const { readyReplicas = 0 } = status as { readonly readyReplicas?: number };
    return { uid: metadata.uid ?? "", name: metadata.name, replicas, ready: readyReplicas };
  });
}

/** Asserts that every deployment of a namespace has all its pods ready; gives the names of the deployments. */
export async function readyDeployments(api: ApiClient, namespace: string): Promise<string[]> {
  const found = await deployments(api, namespace);
  for (const { name, replicas, ready } of found) assert.equal(ready, replicas, `${namespace}/${name}`);
  return found.map(({ name }) => name).sort();
}

/** The pods of a namespace that a selector takes. */
export function podsOf(
  api: ApiClient,
  namespace: string,
  { matchLabels = {} }: Selector,
): Promise<readonly ApiObject[]> {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  return api.list(
    `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(labels.join(","))}`,
  );
}

/** The selector of an object that has one in its spec, under either of its names. */
export function selectorOf({ spec }: ApiObject): Selector {
  const { selector, podSelector } = spec as { readonly selector?: Selector; readonly podSelector?: Selector };
  return selector ?? podSelector ?? {};
}

/** Revision and status of a Helm release, as Helm's own records have them; undefined when there is none. */
export async function helmRelease(
  api: ApiClient,
  namespace: string,
  name: string,
): Promise<{ readonly revision: number; readonly status: string } | undefined> {
  const selector = encodeURIComponent(`owner=helm,name=${name}`);
  const records = await api.list(`/api/v1/namespaces/${namespace}/secrets?labelSelector=${selector}`);
  const [newest] = records
    .map(({ metadata }) => ({
      revision: Number(metadata.labels?.["version"]),
      status: metadata.labels?.["status"] ?? "",
    }))
    .sort((a, b) => b.revision - a.revision);
  return newest;
}
