import { controllerDefaults } from "../../../../components/cluster/ingress-values";
import type { Settings } from "../../../../config/settings";

/** Who answers for an ingress class: a controller of the operator's, or one that is installed. */
export type IngressMode = "existing" | "traefik" | "ingress-nginx";

/** A Helm release that is made. */
export interface PlannedRelease {
  readonly name: string;
  readonly namespace: string;
}

/** A namespace that is not created. */
export interface ExistingNamespace {
  readonly name: string;
  /** The key that is false. */
  readonly setting: string;
}

/** What a configuration puts into a cluster, as far as it can collide with what is there. */
export interface ClusterLayout {
  /** Namespaces that are created. */
  readonly namespaces: readonly string[];
  /** Namespaces that must exist, and the setting that says so. */
  readonly existingNamespaces: readonly ExistingNamespace[];
  readonly spacelift: PlannedRelease;
  readonly ingress: {
    readonly mode: IngressMode;
    readonly className: string;
    /** The release of a controller that is installed. */
    readonly release?: PlannedRelease;
  };
  /** `installed`, `given` (it is there already), or `unused`. */
  readonly certManager: "installed" | "given" | "unused";
  readonly certManagerRelease: PlannedRelease;
  /** An issuer of the operator's that signs the certificates. */
  readonly givenIssuer?: { readonly kind: "ClusterIssuer" | "Issuer"; readonly name: string };
  /** Whether a ClusterIssuer is made. */
  readonly makesIssuer: boolean;
  /** The release of the worker pool controller. */
  readonly workers?: PlannedRelease;
}

/** Works out what a configuration puts into the cluster. A test compares it with what the program registers. */
export function clusterLayout(settings: Settings): ClusterLayout {
  const { namespace, certManager, tls, workers } = settings;
  const ingress = ingressLayout(settings);
  const makesIssuer = tls.mode === "acme" || tls.mode === "ca" || tls.mode === "selfSigned";
  const installsCertManager = makesIssuer && certManager.install;
  const choices = [
    { name: namespace.name, create: namespace.create, setting: "namespace.create" },
    ...(workers.enabled
      ? [
          { name: workers.namespace, create: workers.createNamespace, setting: "workers.createNamespace" },
          {
            name: workers.controllerNamespace,
            create: workers.createControllerNamespace,
            setting: "workers.createControllerNamespace",
          },
        ]
      : []),
    ...(ingress.release
      ? [
          {
            name: ingress.release.namespace,
            create: settings.ingress.createNamespace,
            setting: "ingress.createNamespace",
          },
        ]
      : []),
    ...(installsCertManager
      ? [
          {
            name: certManager.namespace,
            create: certManager.createNamespace,
            setting: "certManager.createNamespace",
          },
        ]
      : []),
  ];
  return {
    namespaces: choices.filter(({ create }) => create).map(({ name }) => name),
    existingNamespaces: choices
      .filter(({ create }) => !create)
      .map(({ name, setting }) => ({ name, setting })),
    spacelift: { name: "spacelift", namespace: namespace.name },
    ingress,
    certManager: installsCertManager
      ? "installed"
      : makesIssuer || tls.mode === "existingIssuer"
        ? "given"
        : "unused",
    certManagerRelease: { name: "cert-manager", namespace: certManager.namespace },
    ...(tls.mode === "existingIssuer" && { givenIssuer: { kind: tls.kind, name: tls.name } }),
    makesIssuer,
    ...(workers.enabled && {
      workers: { name: "spacelift-workerpool-controller", namespace: workers.controllerNamespace },
    }),
  };
}

function ingressLayout({ ingress, target }: Settings): ClusterLayout["ingress"] {
  const mode = ingress.mode ?? (target === "aks" ? "traefik" : "existing");
  if (mode === "existing") return { mode, className: ingress.className ?? "" };
  const { className, namespace } = controllerDefaults[mode];
  return {
    mode,
    className: ingress.className ?? className,
    release: { name: mode, namespace: ingress.namespace ?? namespace },
  };
}
