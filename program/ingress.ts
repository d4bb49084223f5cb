import type * as pulumi from "@pulumi/pulumi";
import { IngressController } from "../components/cluster/ingress-controller";
import { controllerDefaults } from "../components/cluster/ingress-values";
import type { Kept, Platform } from "../components/platform/platform";
import type { IngressSoftware } from "../components/spacelift/grpc-ingress";
import type { Settings } from "../config/settings";
import { inCluster } from "./in-cluster";
import { required } from "./required";

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

/** Installs the ingress controller, or takes the one that is there. */
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
  const controller = new IngressController(
    "ingress",
    {
      controller: mode,
      className: ingress.className ?? controllerDefaults[mode].className,
      namespace,
      createNamespace: ingress.createNamespace,
      namespaceLabels: platform.kubernetes.namespaceLabels,
      ...(platform.kubernetes.access && { access: platform.kubernetes.access }),
      replicas: ingress.replicas,
      serviceType: ingress.serviceType,
      serviceAnnotations: { ...platform.ingress.serviceAnnotations, ...ingress.serviceAnnotations },
      allowedRanges: ingress.allowedRanges,
      chart: charts.ingress,
      ...(platform.ingress.ready && { addressReady: platform.ingress.ready }),
      helmValues: ingress.helmValues,
    },
    inCluster(platform),
  );
  return {
    className: controller.className,
    software: mode,
    namespace,
    ready: [controller.release],
    kept: controller.kept,
    ...known,
    addressHint: `EXTERNAL-IP of \`kubectl -n ${namespace} get services\``,
  };
}
