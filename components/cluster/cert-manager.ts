import type { Release } from "@pulumi/kubernetes/helm/v3/release";
import type * as pulumi from "@pulumi/pulumi";
import { SpaceliftComponent } from "../component";
import { type JsonObject, mergeValues } from "../json";
import type { ClusterAccess, Kept, WorkloadIdentity } from "../platform/platform";
import { charts } from "../../config/versions";
import { chartArgs, type ChartOverride, createHelmRelease } from "./helm-release";
import { provideNamespace } from "./namespace";

/** Name of the service account cert-manager runs as: that of its release. */
export const certManagerServiceAccount = "cert-manager";

const certManagerDefinitions = [
  "certificaterequests.cert-manager.io",
  "certificates.cert-manager.io",
  "challenges.acme.cert-manager.io",
  "clusterissuers.cert-manager.io",
  "issuers.cert-manager.io",
  "orders.acme.cert-manager.io",
];

export interface CertManagerArgs {
  /** Its namespace. @default "cert-manager" */
  readonly namespace?: string;
  /** Create the namespace. `false`: it exists already. @default true */
  readonly createNamespace?: boolean;
  /** @default - none */
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  /** @default - the pinned chart */
  readonly chart?: ChartOverride;
  /**
   * Whether challenges go through an ingress-nginx that this program does not configure: it refuses the `Exact` paths
   * that cert-manager creates for HTTP-01 (kubernetes/ingress-nginx#11176).
   * @default false
   */
  readonly avoidExactPaths?: boolean;
  /** How the program reaches the cluster, to recover a run that was killed. @default - it does not */
  readonly access?: ClusterAccess;
  /** How its pods prove who they are to a DNS zone. @default - they need not */
  readonly identity?: WorkloadIdentity;
  /** Values merged last. @default - none */
  readonly helmValues?: JsonObject;
}

/** cert-manager with its CRDs, ready to take issuers. */
export class CertManager extends SpaceliftComponent {
  /** What a destroy leaves behind. */
  readonly kept: readonly Kept[] = [
    {
      what: "the custom resource definitions of cert-manager, and with them the certificates of others",
      remove: `kubectl delete crd ${certManagerDefinitions.join(" ")}`,
    },
  ];
  /** The release, up with its webhook. Issuers depend on it, and so go before the webhook does. */
  readonly release: Release;
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: CertManagerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:cluster:CertManager", name, opts);
    const { avoidExactPaths = false, chart = {}, helmValues = {} } = args;
    const namespace = { name: args.namespace ?? "cert-manager", create: args.createNamespace ?? true };
    this.namespace = provideNamespace(this.child("namespace"), namespace, args.namespaceLabels ?? {}, {
      parent: this,
    }).name;
    this.release = createHelmRelease(
      this.child("release"),
      {
        ...chartArgs(charts.certManager, chart),
        name: "cert-manager",
        namespace: this.namespace,
        values: mergeValues(certManagerValues(namespace.name, avoidExactPaths, args.identity), helmValues),
        // The chart's startup check is a job: it succeeds when the webhook answers with a trusted certificate.
        waitForJobs: true,
        timeout: 600,
      },
      args.access,
      { parent: this },
    );
    this.registerOutputs();
  }
}

/** What the vendor's guide to AKS requests for each pod. */
const guideRequests = { requests: { cpu: "100m", memory: "256Mi" } } as const;

/** Values of cert-manager's chart. The CRDs stay when it goes: with them would go every certificate in the cluster. */
export function certManagerValues(
  namespace: string,
  avoidExactPaths: boolean,
  identity?: WorkloadIdentity,
): Record<string, unknown> {
  return {
    crds: { enabled: true, keep: true },
    // The default is kube-system, where managed clusters may let nobody write.
    global: { leaderElection: { namespace } },
    resources: guideRequests,
    webhook: { resources: guideRequests },
    cainjector: { resources: guideRequests },
    startupapicheck: { resources: guideRequests },
    ...(identity && {
      podLabels: identity.podLabels,
      serviceAccount: { name: certManagerServiceAccount, annotations: identity.serviceAccountAnnotations },
    }),
    ...(avoidExactPaths && {
      config: {
        apiVersion: "controller.config.cert-manager.io/v1alpha1",
        kind: "ControllerConfiguration",
        featureGates: { ACMEHTTP01IngressPathTypeExact: false },
      },
    }),
  };
}
