import type { Input } from "@pulumi/pulumi";
import type { PullSecretReference } from "../cluster/namespace";
import { defined, isObject, type Json, type JsonObject } from "../json";
import type { WorkerNodes } from "../platform/platform";
import type { ContainerResources } from "../spacelift/values";
import { staysOnItsNode } from "./controller";
import { trustedCasDirectory, trustedCasVolume, trustVariables } from "./trust";

/** The three containers of a run. */
export interface RunResources {
  readonly init?: ContainerResources | undefined;
  readonly launcher?: ContainerResources | undefined;
  readonly worker?: ContainerResources | undefined;
}

export interface PoolOptions {
  readonly name: string;
  readonly size: number;
  /** Space of an auto-registered pool. */
  readonly space?: string | undefined;
  /** Description of an auto-registered pool. */
  readonly description?: string | undefined;
  /** @default - the vendor's minimum */
  readonly resources?: RunResources;
  readonly runnerImage?: string | undefined;
  /** Further fields of the spec, merged last, lists by name. @default - none */
  readonly spec?: JsonObject;
}

/** How a pool gets its identity: by an API key of the controller, or from a Secret created by hand in the UI. */
export type PoolRegistration =
  { readonly type: "api" } | { readonly type: "secret"; readonly secretName: Input<string> };

/**
 * Together with the launcher the vendor's minimum of a worker, 2 vCPU and 2 GB. All three containers have requests, as
 * the guide insists: an admission controller may otherwise invent large ones.
 */
const defaultResources = {
  init: { requests: { cpu: "500m", memory: "200Mi" } },
  launcher: { requests: { cpu: "500m", memory: "200Mi" } },
  worker: { requests: { cpu: "1500m", memory: "1800Mi" } },
} as const;

/** What a pool's pods have in common. */
export interface PodOptions {
  readonly pullSecrets: readonly PullSecretReference[];
  /** ConfigMap with certificates to trust. @default - those of the images */
  readonly trustedCasConfigMap?: Input<string>;
  /** The proxy for outbound requests. @default - none */
  readonly proxy?: RunProxy;
  /** Nodes that are the workers' own. */
  readonly nodes?: WorkerNodes;
}

/** Where a run finds the variables of its proxy. */
export interface RunProxy {
  /** Secret with a key for each variable. */
  readonly secretName: Input<string>;
  /** Names in upper case. */
  readonly variables: readonly string[];
}

/** The `spec` of a WorkerPool. */
export function poolSpec(
  pool: PoolOptions,
  registration: PoolRegistration,
  pods: PodOptions,
): Record<string, unknown> {
  const { trustedCasConfigMap } = pods;
  const env = runEnv(pods);
  const container = (resources: ContainerResources): Record<string, unknown> => ({
    resources,
    ...(trustedCasConfigMap && {
      volumeMounts: [{ name: trustedCasVolume, mountPath: trustedCasDirectory, readOnly: true }],
    }),
    ...(env.length > 0 && { env }),
  });
  const { resources = {} } = pool;
  const spec = defined({
    poolSize: pool.size,
    ...(registration.type === "api"
      ? { space: pool.space, description: pool.description }
      : {
          token: { secretKeyRef: { name: registration.secretName, key: "token" } },
          privateKey: { secretKeyRef: { name: registration.secretName, key: "privateKey" } },
        }),
    pod: defined({
      annotations: staysOnItsNode,
      defaultRunnerImage: pool.runnerImage,
      imagePullSecrets: pods.pullSecrets.length > 0 ? pods.pullSecrets : undefined,
      nodeSelector: pods.nodes?.nodeSelector,
      tolerations: pods.nodes?.tolerations,
      volumes: trustedCasConfigMap
        ? [{ name: trustedCasVolume, configMap: { name: trustedCasConfigMap } }]
        : undefined,
      initContainer: container(resources.init ?? defaultResources.init),
      grpcServerContainer: container(resources.launcher ?? defaultResources.launcher),
      workerContainer: container(resources.worker ?? defaultResources.worker),
    }),
  });
  return mergeSpec(spec, pool.spec ?? {});
}

/** Variables of all three containers of a run. */
function runEnv({ trustedCasConfigMap, proxy }: PodOptions): readonly object[] {
  const trust = trustedCasConfigMap
    ? Object.entries(trustVariables()).map(([name, value]) => ({ name, value }))
    : [];
  if (!proxy) return trust;
  const { secretName, variables } = proxy;
  return [
    ...trust,
    ...variables.flatMap((key) =>
      // Go, Python and Node.js read either; curl, and so git, reads `http_proxy` in lower case alone.
      [key, key.toLowerCase()].map((name) => ({
        name,
        valueFrom: { secretKeyRef: { name: secretName, key } },
      })),
    ),
  ];
}

/** Seconds after which the controller ends the pod of a run, where a pool says nothing else: the vendor's default. */
const defaultRunSeconds = 4200;

/** How long a run may take at most, in whole minutes: the longest of some pools. Without pools, the vendor's default. */
export function longestRunMinutes(pools: readonly Pick<PoolOptions, "spec">[]): number {
  const seconds = pools.map(({ spec = {} }) => {
    const { pod } = spec;
    const own = isObject(pod) ? pod["activeDeadlineSeconds"] : undefined;
    return typeof own === "number" ? own : defaultRunSeconds;
  });
  return Math.ceil((seconds.length === 0 ? defaultRunSeconds : Math.max(...seconds)) / 60);
}

/**
 * What tells the entries of a list apart, by the name of its field: the merge keys of Kubernetes' strategic merge patch
 * (k8s.io/api, core/v1, `patchMergeKey`). Tolerations have none there; they are added to, as runs would lose the nodes
 * that are theirs otherwise.
 */
const mergeKeys: Readonly<Record<string, readonly string[]>> = {
  additionalSidecarContainers: ["name"],
  customInitContainers: ["name"],
  env: ["name"],
  imagePullSecrets: ["name"],
  tolerations: ["key", "operator", "value", "effect"],
  volumeMounts: ["mountPath"],
  volumes: ["name"],
};

/**
 * Merges an operator's fields into the spec of a WorkerPool: objects key by key, lists that have a merge key entry by
 * entry, everything else replaced. An entry of the same identity takes the place of ours as a whole, since half of ours
 * (the `configMap` of a volume, the `valueFrom` of a variable) would contradict the other half of theirs. `null` takes a
 * field away. Neither argument is changed.
 */
export function mergeSpec(
  base: Readonly<Record<string, unknown>>,
  overrides: JsonObject,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...base };
  for (const [field, value] of Object.entries(overrides)) {
    const below = merged[field];
    if (value === null) Reflect.deleteProperty(merged, field);
    else if (isObject(below) && isObject(value)) merged[field] = mergeSpec(below, value);
    else if (Array.isArray(below) && Array.isArray(value)) merged[field] = mergeList(field, below, value);
    else merged[field] = value;
  }
  return merged;
}

function mergeList(field: string, base: readonly unknown[], overrides: readonly Json[]): readonly unknown[] {
  const keys = mergeKeys[field];
  if (keys === undefined) return overrides;
  const theirs = new Map(overrides.map((entry) => [identity(entry, keys), entry]));
  const ours = new Set(base.map((entry) => identity(entry, keys)));
  return [
    ...base.map((entry) => theirs.get(identity(entry, keys)) ?? entry),
    ...overrides.filter((entry) => !ours.has(identity(entry, keys))),
  ];
}

/** What an entry goes by. One whose name is an Output is like no other. */
function identity(entry: unknown, keys: readonly string[]): unknown {
  if (!isObject(entry)) return entry;
  const values = keys.map((key) => entry[key] ?? null);
  return values.every((value) => value === null || typeof value === "string")
    ? JSON.stringify(values)
    : entry;
}
