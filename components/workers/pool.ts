import type { Input } from "@pulumi/pulumi";
import { type Json, type JsonObject, defined, mergeValues } from "../json";
import type { ContainerResources } from "../spacelift/values";
import type { WorkerNodes } from "../platform/platform";
import type { PullSecretReference } from "../spacelift/pull-secrets";

/** The three containers of a run. */
export interface RunResources {
  readonly init?: ContainerResources | undefined;
  readonly launcher?: ContainerResources | undefined;
  readonly worker?: ContainerResources | undefined;
}

/** What the operator chooses for one pool. */
export interface PoolOptions {
  readonly name: string;
  /** Number of workers. */
  readonly size: number;
  /** Space of an auto-registered pool. */
  readonly space?: string | undefined;
  /** Description of an auto-registered pool. */
  readonly description?: string | undefined;
  /** @default - the vendor's minimum */
  readonly resources?: RunResources;
  readonly runnerImage?: string | undefined;
  /** Further fields of the spec, merged last. @default - none */
  readonly spec?: JsonObject;
}

/** How a pool gets its identity: by an API key of the controller, or from a Secret made by hand in the UI. */
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

/** Where the certificates to trust are mounted: the controller's image reads this folder, too. */
export const trustedCasDirectory = "/opt/spacelift/certs";

/** What a pool's pods have in common. */
export interface PodOptions {
  readonly pullSecrets: readonly PullSecretReference[];
  /** Secret or ConfigMap with certificates to trust. */
  readonly trustedCasConfigMap?: Input<string>;
  /** Nodes that are the workers' own. */
  readonly nodes?: WorkerNodes;
}

/** The `spec` of a WorkerPool. */
export function poolSpec(
  pool: PoolOptions,
  registration: PoolRegistration,
  pods: PodOptions,
): Record<string, unknown> {
  const { trustedCasConfigMap } = pods;
  const volume = "trusted-cas";
  const container = (resources: ContainerResources): Record<string, unknown> => ({
    resources,
    ...(trustedCasConfigMap && {
      volumeMounts: [{ name: volume, mountPath: trustedCasDirectory, readOnly: true }],
      // Go looks for roots in every folder of the list, so the image's own stay trusted.
      env: [{ name: "SSL_CERT_DIR", value: `/etc/ssl/certs:${trustedCasDirectory}` }],
    }),
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
      defaultRunnerImage: pool.runnerImage,
      imagePullSecrets: pods.pullSecrets.length > 0 ? pods.pullSecrets : undefined,
      nodeSelector: pods.nodes?.nodeSelector,
      tolerations: pods.nodes?.tolerations,
      volumes: trustedCasConfigMap ? [{ name: volume, configMap: { name: trustedCasConfigMap } }] : undefined,
      initContainer: container(resources.init ?? defaultResources.init),
      grpcServerContainer: container(resources.launcher ?? defaultResources.launcher),
      workerContainer: container(resources.worker ?? defaultResources.worker),
    }),
  });
  return mergeValues(spec, pool.spec ?? {});
}

/** Values of the controller's chart. */
export function controllerValues(
  namespaces: readonly string[],
  trustedCasConfigMap?: Input<string>,
): Record<string, unknown> {
  const volume = "trusted-cas";
  const manager = {
    resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
    ...(trustedCasConfigMap && {
      extraVolumeMounts: [{ name: volume, mountPath: trustedCasDirectory, readOnly: true }] satisfies Json,
    }),
  };
  return {
    crds: { install: true },
    controllerManager: {
      namespaces,
      podAnnotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" },
      manager,
      ...(trustedCasConfigMap && {
        extraVolumes: [{ name: volume, configMap: { name: trustedCasConfigMap } }],
      }),
    },
  };
}
