import { controllerDefaults } from "../../components/cluster/ingress-values";
import type { Settings } from "../../config/settings";

/** Who answers for an ingress class: a controller of the operator's, or one that is installed. */
export type IngressMode = "existing" | "traefik" | "ingress-nginx";

/** A Helm release that is installed. */
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

/** What a configuration puts into a cluster, as far as it can collide with what exists. */
export interface ClusterLayout {
  /** Namespaces that are created. */
  readonly namespaces: readonly string[];
  readonly existingNamespaces: readonly ExistingNamespace[];
  readonly spacelift: PlannedRelease;
  readonly ingress: {
    readonly mode: IngressMode;
    readonly className: string;
    /** The release of a controller that is installed. */
    readonly release?: PlannedRelease;
  };
  readonly certManager: "installed" | "existing" | "unused";
  readonly certManagerRelease: PlannedRelease;
  /** An issuer of the operator's that signs the certificates. */
  readonly existingIssuer?: { readonly kind: "ClusterIssuer" | "Issuer"; readonly name: string };
  /** Whether a ClusterIssuer is created. */
  readonly createsIssuer: boolean;
  /** The release of the worker pool controller. */
  readonly workers?: PlannedRelease;
}

/** Works out what a configuration puts into the cluster. A test compares it with what the program registers. */
export function clusterLayout(settings: Settings): ClusterLayout {
  const { namespace, certManager, tls, workers } = settings;
  const ingress = ingressLayout(settings);
  const createsIssuer = tls.mode === "acme" || tls.mode === "ca" || tls.mode === "selfSigned";
  const installsCertManager = createsIssuer && certManager.install;
  const choices: readonly (readonly [name: string | undefined, create: boolean, setting: string])[] = [
    [namespace.name, namespace.create, "namespace.create"],
    ...(workers.enabled
      ? ([
          [workers.namespace, workers.createNamespace, "workers.createNamespace"],
          [
            workers.controllerNamespace,
            workers.createControllerNamespace,
            "workers.createControllerNamespace",
          ],
        ] as const)
      : []),
    [ingress.release?.namespace, settings.ingress.createNamespace, "ingress.createNamespace"],
    [
      installsCertManager ? certManager.namespace : undefined,
      certManager.createNamespace,
      "certManager.createNamespace",
    ],
  ];
  const namespaces = choices.flatMap(([name, create, setting]) =>
    name === undefined ? [] : [{ name, create, setting }],
  );
  return {
    namespaces: namespaces.filter(({ create }) => create).map(({ name }) => name),
    existingNamespaces: namespaces
      .filter(({ create }) => !create)
      .map(({ name, setting }) => ({ name, setting })),
    spacelift: { name: "spacelift", namespace: namespace.name },
    ingress,
    certManager: installsCertManager
      ? "installed"
      : createsIssuer || tls.mode === "existingIssuer"
        ? "existing"
        : "unused",
    certManagerRelease: { name: "cert-manager", namespace: certManager.namespace },
    ...(tls.mode === "existingIssuer" && { existingIssuer: { kind: tls.kind, name: tls.name } }),
    createsIssuer,
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
