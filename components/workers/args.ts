import type * as pulumi from "@pulumi/pulumi";
import type { CiliumEntity } from "../../config/sections/network-peers";
import type { ChartOverride } from "../cluster/helm-release";
import type { JsonObject } from "../json";
import type { ClusterAccess, ImagesPlatform, SecretString, WorkerNodes } from "../platform/platform";
import type { ProxyOptions } from "../spacelift/env";
import type { PoolOptions } from "./pool";

/** Credentials of a pool that was created in the UI. */
export interface PoolCredentials {
  /** The token as downloaded. */
  readonly token: SecretString;
  /** base64 of the PEM. */
  readonly privateKey: SecretString;
}

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
   * controller shows the token of its service account. @default - only pools with credentials are created
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

export type CompleteArgs = WorkersArgs &
  Required<Omit<WorkersArgs, "access" | "apiKey" | "nodes" | "proxy" | "podCidr">>;

export const completeArgs = (args: WorkersArgs): CompleteArgs => ({
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
