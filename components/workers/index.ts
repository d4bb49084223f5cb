import * as apiextensions from "@pulumi/kubernetes/apiextensions";
import * as core from "@pulumi/kubernetes/core/v1";
import type { Release } from "@pulumi/kubernetes/helm/v3/release";
import * as pulumi from "@pulumi/pulumi";
import type { CiliumEntity } from "../../config/sections/network-peers";
import { type ChartOverride, chartArgs } from "../cluster/chart-reference";
import { createHelmRelease } from "../cluster/helm-release";
import { provideNamespace } from "../cluster/namespace";
import { SpaceliftComponent } from "../component";
import { type JsonObject, defined, isObject, mergeValues } from "../json";
import type { ClusterAccess, ImagesPlatform, Kept, SecretString, WorkerNodes } from "../platform/platform";
import { type ProxyOptions, proxyEnv } from "../spacelift/env";
import { workerPolicies } from "../spacelift/network-policies";
import { createPolicies } from "../spacelift/policies";
import { type PullSecretReference, createPullSecrets } from "../spacelift/pull-secrets";
import { chartsOf } from "../../config/versions";
import { controllerValues } from "./controller";
import { type PoolOptions, type PoolRegistration, type RunProxy, longestRunMinutes, poolSpec } from "./pool";
import { controllerTrust, runTrust } from "./trust";

/** Credentials of a pool that was made in the UI. */
export interface PoolCredentials {
  /** The token as downloaded. */
  readonly token: SecretString;
  /** base64 of the PEM. */
  readonly privateKey: SecretString;
}

/** Arguments of {@link Workers}. */
export interface WorkersArgs {
  /** Namespace of the pools. @default "spacelift-workers" */
  readonly namespace?: string;
  /** Create the namespace of the pools. @default true */
  readonly createNamespace?: boolean;
  /** Namespace of the controller. @default "spacelift-worker-controller-system" */
  readonly controllerNamespace?: string;
  /** Create the namespace of the controller. @default true */
  readonly createControllerNamespace?: boolean;
  /** Labels of the namespaces that are created. @default - none */
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  /** How the program reaches the cluster, to recover a run that was killed. @default - it does not */
  readonly access?: ClusterAccess;
  /** `https://<domain>`: where pools register themselves. */
  readonly endpoint: string;
  /**
   * Key with which pools without credentials of their own register themselves. One without a secret is an OIDC key: the
   * controller shows the token of its service account. @default - only pools with credentials are made
   */
  readonly apiKey?: { readonly id: string; readonly secret?: SecretString };
  /** The pools. One without credentials waits until there is an API key. */
  readonly pools: readonly PoolOptions[];
  /** Credentials by pool. @default - none */
  readonly credentials?: Readonly<Record<string, PoolCredentials>>;
  /** Who may pull the launcher's image, and the release it is of. */
  readonly images: Pick<ImagesPlatform, "pullCredentials" | "pullSecretNames" | "tag">;
  /** Nodes that are the workers' own. @default - runs go anywhere */
  readonly nodes?: WorkerNodes;
  /** Certificates to trust, PEM. @default - those of the images */
  readonly rootCas?: readonly string[];
  /** The proxy for outbound requests of runs. @default - none */
  readonly proxy?: ProxyOptions;
  /** Range of the cluster's pods, which runs reach without the proxy. @default - not known */
  readonly podCidr?: string;
  /** Keep node drains from ending runs. @default true */
  readonly podDisruptionBudgets?: boolean;
  /** Keep runs from metadata endpoints, and everything from runs. @default true */
  readonly networkPolicies?: boolean;
  /** Entities of Cilium that runs reach besides. @default - none */
  readonly reachableEntities?: readonly CiliumEntity[];
  /** @default - the chart that belongs to the release */
  readonly chart?: ChartOverride;
  /** Values merged last into the controller's chart. @default - none */
  readonly helmValues?: JsonObject;
  /** What pools register with. It must outlive them: a pool is only gone when it has signed off. */
  readonly spacelift: pulumi.Resource;
}

/** What the pools have in common, as it is made. */
interface PoolSurroundings {
  readonly pullSecrets: readonly PullSecretReference[];
  readonly trustedCas: core.ConfigMap | undefined;
  readonly proxy: RunProxy | undefined;
}

/** Whether values of the controller's chart name another image than the vendor's public one. */
function hasImage({ controllerManager }: JsonObject): boolean {
  const manager = isObject(controllerManager) ? controllerManager["manager"] : undefined;
  const image = isObject(manager) ? manager["image"] : undefined;
  return isObject(image) && image["repository"] !== undefined;
}

/** {@link WorkersArgs} with every default filled in. */
type CompleteArgs = WorkersArgs &
  Required<Omit<WorkersArgs, "access" | "apiKey" | "nodes" | "proxy" | "podCidr">>;

const completeArgs = (args: WorkersArgs): CompleteArgs => ({
  ...args,
  namespace: args.namespace ?? "spacelift-workers",
  createNamespace: args.createNamespace ?? true,
  controllerNamespace: args.controllerNamespace ?? "spacelift-worker-controller-system",
  createControllerNamespace: args.createControllerNamespace ?? true,
  namespaceLabels: args.namespaceLabels ?? {},
  credentials: args.credentials ?? {},
  rootCas: args.rootCas ?? [],
  podDisruptionBudgets: args.podDisruptionBudgets ?? true,
  networkPolicies: args.networkPolicies ?? true,
  reachableEntities: args.reachableEntities ?? [],
  chart: args.chart ?? {},
  helmValues: args.helmValues ?? {},
});

/**
 * The worker pool controller and the pools in this cluster. On destroy the pools go first, while the controller that
 * runs their finalizers and the server they sign off from are alive.
 */
export class Workers extends SpaceliftComponent {
  readonly namespace: pulumi.Output<string>;
  /** What a destroy leaves behind. */
  readonly kept: readonly Kept[] = [
    {
      what: "the custom resource definitions of the worker pool controller, and with them the pools of others",
      remove: "kubectl delete crd workerpools.workers.spacelift.io workers.workers.spacelift.io",
    },
  ];
  /** Pools that wait for credentials and are not made yet. */
  readonly waitingPools: readonly string[];

  constructor(name: string, given: WorkersArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:workers:Workers", name, opts);
    const args = completeArgs(given);
    const namespace = provideNamespace(
      this.child("namespace"),
      { name: args.namespace, create: args.createNamespace },
      args.namespaceLabels,
      { parent: this },
    );
    this.namespace = namespace.name;
    const { name: controllerNamespace } = provideNamespace(
      this.child("controller-namespace"),
      { name: args.controllerNamespace, create: args.createControllerNamespace },
      args.namespaceLabels,
      { parent: this },
    );
    const pullSecrets = createPullSecrets(this.child("pull"), this.namespace, args.images, { parent: this });
    const policies = args.networkPolicies
      ? createPolicies((role) => this.child(role), this.namespace, workerPolicies(args.reachableEntities), {
          parent: this,
        })
      : [];
    const apiCredentials =
      args.apiKey && this.createApiCredentials(args.apiKey, args.endpoint, controllerNamespace);
    const controller = this.createController(args, controllerNamespace, [
      args.spacelift,
      // The controller's roles are bound in the workers' namespace as well.
      ...namespace.created,
      ...(apiCredentials ? [apiCredentials] : []),
    ]);
    const trustedCas = this.createTrustedCas("trusted-cas", this.namespace, args.rootCas, runTrust);
    const proxy = this.createProxySecret(args);
    const ready = [controller, ...policies];
    const made = args.pools.filter((pool) => args.apiKey !== undefined || args.credentials[pool.name]);
    for (const pool of made) {
      this.createPool(pool, args, { pullSecrets, trustedCas, proxy }, ready);
    }
    this.waitingPools = args.pools.filter((pool) => !made.includes(pool)).map((pool) => pool.name);
    this.registerOutputs();
  }

  private createApiCredentials(
    apiKey: NonNullable<WorkersArgs["apiKey"]>,
    endpoint: string,
    namespace: pulumi.Output<string>,
  ): core.Secret {
    return new core.Secret(
      this.child("api-credentials"),
      {
        // The name and the keys are what the controller looks for.
        metadata: { name: "spacelift-api-credentials", namespace },
        type: "Opaque",
        stringData: defined({ keyId: apiKey.id, keySecret: apiKey.secret, endpoint }),
      },
      { parent: this },
    );
  }

  private createController(
    args: CompleteArgs,
    namespace: pulumi.Output<string>,
    dependsOn: pulumi.Resource[],
  ): Release {
    const trustedCas = this.createTrustedCas(
      "controller-trusted-cas",
      namespace,
      args.rootCas,
      controllerTrust,
    );
    const values = controllerValues(
      defined({
        namespaces: [args.namespace],
        trustedCasConfigMap: trustedCas?.metadata.name,
        pullSecrets: this.controllerPullSecrets(args, namespace),
        budget: args.podDisruptionBudgets,
      }),
    );
    return createHelmRelease(
      this.child("controller"),
      {
        ...chartArgs(chartsOf(args.images.tag).workerController, args.chart),
        name: "spacelift-workerpool-controller",
        namespace,
        values: mergeValues(values, args.helmValues),
        timeout: 600,
      },
      args.access,
      { parent: this, dependsOn },
    );
  }

  private createTrustedCas(
    role: string,
    namespace: pulumi.Output<string>,
    rootCas: readonly string[],
    content: (rootCas: readonly string[]) => Record<string, string>,
  ): core.ConfigMap | undefined {
    if (rootCas.length === 0) return undefined;
    return new core.ConfigMap(
      this.child(role),
      { metadata: { name: "spacelift-trusted-cas", namespace }, data: content(rootCas) },
      { parent: this },
    );
  }

  /** The public image needs none; one from a mirror is in the registry of the others. */
  private controllerPullSecrets(
    { images, chart, helmValues }: CompleteArgs,
    namespace: pulumi.Output<string>,
  ): PullSecretReference[] {
    const isMirrored = chart.chart !== undefined || chart.repository !== undefined || hasImage(helmValues);
    return isMirrored
      ? createPullSecrets(this.child("controller-pull"), namespace, images, { parent: this })
      : [];
  }

  private createProxySecret({ proxy, podCidr }: CompleteArgs): RunProxy | undefined {
    if (proxy === undefined) return undefined;
    // The address of a proxy may hold a password, which the spec of a pool would show.
    const variables = proxyEnv(proxy, podCidr);
    const secret = new core.Secret(
      this.child("proxy"),
      {
        metadata: { name: "spacelift-proxy", namespace: this.namespace },
        type: "Opaque",
        stringData: pulumi.secret(variables),
      },
      { parent: this },
    );
    return { secretName: secret.metadata.name, variables: Object.keys(variables) };
  }

  private createPool(
    pool: PoolOptions,
    args: CompleteArgs,
    { pullSecrets, trustedCas, proxy }: PoolSurroundings,
    ready: readonly pulumi.Resource[],
  ): void {
    const credentials = args.credentials[pool.name];
    const registration: PoolRegistration = credentials
      ? { type: "secret", secretName: this.createPoolSecret(pool.name, credentials).metadata.name }
      : { type: "api" };
    new apiextensions.CustomResource(
      this.child(`pool-${pool.name}`),
      {
        apiVersion: "workers.spacelift.io/v1beta1",
        kind: "WorkerPool",
        metadata: { name: pool.name, namespace: this.namespace },
        spec: poolSpec(
          pool,
          registration,
          defined({
            pullSecrets,
            trustedCasConfigMap: trustedCas?.metadata.name,
            proxy,
            nodes: args.nodes,
          }),
        ),
      },
      // Runs that are under way finish before their pool is gone.
      {
        parent: this,
        dependsOn: [...ready],
        customTimeouts: { delete: `${longestRunMinutes([pool]) + 20}m` },
      },
    );
  }

  private createPoolSecret(pool: string, credentials: PoolCredentials): core.Secret {
    return new core.Secret(
      this.child(`pool-${pool}-credentials`),
      {
        metadata: { name: `${pool}-credentials`, namespace: this.namespace },
        type: "Opaque",
        stringData: { token: credentials.token, privateKey: credentials.privateKey },
      },
      { parent: this },
    );
  }
}
