import type { Release } from "@pulumi/kubernetes/helm/v3/release";
import * as pulumi from "@pulumi/pulumi";
import { SpaceliftComponent } from "../component";
import { type JsonObject, mergeValues } from "../json";
import type { ClusterAccess, Kept } from "../platform/platform";
import { charts } from "../../config/versions";
import { chartArgs, type ChartOverride, createHelmRelease } from "./helm-release";
import {
  controllerDefaults,
  type ControllerOptions,
  type InstalledController,
  ingressNginxValues,
  traefikValues,
} from "./ingress-values";
import { provideNamespace } from "./namespace";

export interface IngressControllerArgs extends Partial<ControllerOptions> {
  /** @default "traefik" */
  readonly controller?: InstalledController;
  /** Its namespace. @default - the name of the controller */
  readonly namespace?: string;
  /** Create the namespace. `false`: it exists already. @default true */
  readonly createNamespace?: boolean;
  /** @default - none */
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  /** @default - the pinned chart */
  readonly chart?: ChartOverride;
  /** How the program reaches the cluster, to recover a run that was killed. @default - it does not */
  readonly access?: ClusterAccess;
  /** What the load balancer must not outlive: its address and the right to use it. @default - nothing */
  readonly addressReady?: readonly pulumi.Resource[];
  /** Values merged last. @default - none */
  readonly helmValues?: JsonObject;
}

/** An ingress controller with a class of its own. */
export class IngressController extends SpaceliftComponent {
  /** What a destroy leaves behind. */
  readonly kept: readonly Kept[];
  /** The ingress class, once a controller answers for it. */
  readonly className: pulumi.Output<string>;
  /** The release: what has an Ingress must go before it does, or its load balancer is left behind. */
  readonly release: Release;

  constructor(name: string, args: IngressControllerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:cluster:IngressController", name, opts);
    const { controller = "traefik", chart = {}, helmValues = {} } = args;
    const isTraefik = controller === "traefik";
    const options: ControllerOptions = {
      className: args.className ?? controllerDefaults[controller].className,
      replicas: args.replicas ?? 2,
      zonal: args.zonal ?? false,
      serviceType: args.serviceType ?? "LoadBalancer",
      serviceAnnotations: args.serviceAnnotations ?? {},
      externalTrafficPolicy: args.externalTrafficPolicy ?? "Cluster",
      allowedRanges: args.allowedRanges ?? [],
      endlessStreams: args.endlessStreams ?? false,
    };
    if (!isTraefik) {
      void pulumi.log.warn(
        "ingress-nginx was archived in March 2026 with vulnerabilities that stay unfixed; prefer traefik or a controller that is maintained",
        this,
      );
    }
    const namespace = provideNamespace(
      this.child("namespace"),
      {
        name: args.namespace ?? controllerDefaults[controller].namespace,
        create: args.createNamespace ?? true,
      },
      args.namespaceLabels ?? {},
      { parent: this },
    );
    this.release = createHelmRelease(
      this.child("release"),
      {
        ...chartArgs(isTraefik ? charts.traefik : charts.ingressNginx, chart),
        name: controller,
        namespace: namespace.name,
        values: mergeValues(isTraefik ? traefikValues(options) : ingressNginxValues(options), helmValues),
        timeout: 600,
      },
      args.access,
      { parent: this, dependsOn: [...(args.addressReady ?? [])] },
    );
    // Helm never deletes what lies in a chart's folder `crds`.
    this.kept = isTraefik
      ? [
          {
            what: "the custom resource definitions of Traefik, for others who use them",
            remove: "kubectl get crd -o name | grep 'traefik\\.io$' | xargs kubectl delete",
          },
        ]
      : [];
    // Whoever uses the class waits for its controller; the URN is known in previews too, so that they show no update of users
    // whenever that is updated.
    this.className = this.release.urn.apply(() => options.className);
    this.registerOutputs();
  }
}
