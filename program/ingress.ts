import type * as pulumi from "@pulumi/pulumi";
import { IngressController } from "../components/cluster/ingress-controller";
import { controllerDefaults } from "../components/cluster/ingress-values";
import type { Kept, Platform } from "../components/platform/platform";
import type { IngressSoftware } from "../components/spacelift/ingress";
import { type JsonObject, defined } from "../components/json";
import type { Settings } from "../config/settings";
import { clusterOptions } from "./platform";
import { required } from "../config/problems";

/** The way in: a controller of the operator's, or one that is installed. */
export interface Ingress {
  readonly className: pulumi.Input<string>;
  readonly software: IngressSoftware;
  /** Namespace of the controller, if known. */
  readonly namespace?: string;
  /** What an Ingress must not outlive. */
  readonly ready: readonly pulumi.Resource[];
  /** What a destroy leaves behind. */
  readonly kept: readonly Kept[];
  /** Address it answers at, if known. */
  readonly address?: pulumi.Input<string>;
  /** How to find the address, when it is not known. */
  readonly addressHint: string;
}

/** Installs the ingress controller, or takes the existing one. */
export function createIngress(settings: Settings, platform: Platform): Ingress {
  const { ingress, charts } = settings;
  const mode = ingress.mode ?? platform.ingress.defaultMode;
  const address = ingress.address ?? platform.ingress.address;
  const known = address === undefined ? {} : { address };
  if (mode === "existing") {
    const className = required(ingress.className, "ingress.className");
    return {
      className,
      software: ingress.controller ?? "other",
      ...(ingress.namespace !== undefined && { namespace: ingress.namespace }),
      ready: [],
      kept: [],
      ...known,
      addressHint: `the address of the ingress controller for class ${className}`,
    };
  }
  const namespace = ingress.namespace ?? controllerDefaults[mode].namespace;
  const serviceType = ingress.serviceType ?? "LoadBalancer";
  const controller = new IngressController(
    "ingress",
    defined({
      controller: mode,
      className: ingress.className ?? controllerDefaults[mode].className,
      namespace,
      createNamespace: ingress.createNamespace,
      namespaceLabels: platform.kubernetes.namespaceLabels,
      access: platform.kubernetes.access,
      replicas: ingress.replicas ?? platform.replicas,
      zonal: platform.kubernetes.zonal,
      serviceType,
      serviceAnnotations: { ...platform.ingress.serviceAnnotations, ...ingress.serviceAnnotations },
      externalTrafficPolicy: ingress.externalTrafficPolicy,
      allowedRanges: reachable(ingress.allowedRanges, platform),
      endlessStreams: settings.vcsGateway !== undefined,
      chart: charts.ingress,
      addressReady: platform.ingress.ready,
      helmValues: ingress.helmValues,
    }),
    clusterOptions(platform),
  );
  return {
    className: controller.className,
    software: mode,
    // On the nodes' network, its requests come from no namespace.
    ...(usesNodeNetwork(ingress.helmValues) ? {} : { namespace }),
    ready: [controller.release],
    kept: controller.kept,
    ...known,
    addressHint: `EXTERNAL-IP of \`kubectl -n ${namespace} get services\``,
  };
}

/** Whether values of either chart put the controller's pods on the nodes' network. */
function usesNodeNetwork({ hostNetwork, controller }: JsonObject): boolean {
  const nginx = typeof controller === "object" && controller !== null && !Array.isArray(controller);
  return hostNetwork === true || (nginx && (controller as JsonObject)["hostNetwork"] === true);
}

/** The ranges that are let in. kube-proxy applies them to the cluster's own pods as well, which call the domain. */
export function reachable(ranges: readonly string[], { kubernetes }: Platform): readonly string[] {
  return ranges.length === 0 || kubernetes.podCidr === undefined ? ranges : [...ranges, kubernetes.podCidr];
}
