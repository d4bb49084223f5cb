import * as apiextensions from "@pulumi/kubernetes/apiextensions";
import * as core from "@pulumi/kubernetes/core/v1";
import type { Release } from "@pulumi/kubernetes/helm/v3/release";
import * as pulumi from "@pulumi/pulumi";
import { chartArgs, createHelmRelease } from "../cluster/helm-release";
import { createPullSecrets, provideNamespace, type PullSecretReference } from "../cluster/namespace";
import { SpaceliftComponent } from "../component";
import { type JsonObject, defined, isObject, mergeValues } from "../json";
import type { Kept } from "../platform/platform";
import { proxyEnv } from "../spacelift/env";
import { createPolicies, workerPolicies } from "../spacelift/network-policies";
import { chartsOf } from "../../config/versions";
import { type CompleteArgs, type PoolCredentials, type WorkersArgs, completeArgs } from "./args";
import { controllerValues } from "./controller";
import { type PoolOptions, type PoolRegistration, type RunProxy, longestRunMinutes, poolSpec } from "./pool";
import { controllerTrust, runTrust } from "./trust";

export type { PoolCredentials, WorkersArgs } from "./args";

/** What the pools have in common, as it is created. */
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
  /** Pools that wait for credentials and are not created yet. */
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
