import type { Settings } from "../../../../config/settings";
import type { ClusterLayout } from "./layout";

/** Something the deployment must be allowed to do. */
export interface Right {
  readonly verb: string;
  /** API group; empty for the core. */
  readonly group: string;
  readonly resource: string;
  /** Namespace; left out for what belongs to none. */
  readonly namespace?: string;
}

/** What is done with an object that is made. */
export const manageVerbs = ["get", "list", "watch", "create", "update", "patch", "delete"] as const;
/** What is done with an object that is watched. */
export const readVerbs = ["get", "list", "watch"] as const;

/** Resources by API group. */
type Resources = Readonly<Record<string, readonly string[]>>;

const rights = (verbs: readonly string[], resources: Resources, namespace?: string): Right[] =>
  Object.entries(resources).flatMap(([group, names]) =>
    names.flatMap((resource) =>
      verbs.map((verb) => ({ verb, group, resource, ...(namespace !== undefined && { namespace }) })),
    ),
  );

const rbac = "rbac.authorization.k8s.io";
// Helm records its releases in Secrets; pods and replica sets are watched until they are ready.
const release = { "": ["secrets", "serviceaccounts", "services"], apps: ["deployments"] };
const watched = { "": ["pods"], apps: ["replicasets"] };
const roles = { [rbac]: ["roles", "rolebindings"] };
const clusterRoles = { [rbac]: ["clusterroles", "clusterrolebindings"] };
const definitions = { "apiextensions.k8s.io": ["customresourcedefinitions"] };

/** What must be allowed for a configuration to be deployed, upgraded and destroyed. No right is listed twice. */
export function requiredRights(settings: Settings, layout: ClusterLayout): readonly Right[] {
  const all = [
    ...(layout.namespaces.length > 0 ? rights(manageVerbs, { "": ["namespaces"] }) : []),
    ...spaceliftRights(settings, layout),
    ...ingressRights(layout),
    ...certificateRights(settings, layout),
    ...workerRights(settings, layout),
  ];
  return [...new Map(all.map((right) => [JSON.stringify(right), right])).values()];
}

function spaceliftRights(settings: Settings, { spacelift: { namespace } }: ClusterLayout): Right[] {
  return [
    ...rights(manageVerbs, { ...release, "networking.k8s.io": ["ingresses"] }, namespace),
    ...rights(readVerbs, watched, namespace),
    ...(settings.onprem?.database.caCertificate === undefined
      ? []
      : rights(manageVerbs, { "": ["configmaps"] }, namespace)),
    ...(settings.networkPolicies
      ? rights(manageVerbs, { "networking.k8s.io": ["networkpolicies"] }, namespace)
      : []),
    ...(settings.podDisruptionBudgets
      ? rights(manageVerbs, { policy: ["poddisruptionbudgets"] }, namespace)
      : []),
  ];
}

function ingressRights({ ingress }: ClusterLayout): Right[] {
  if (!ingress.release) return [];
  const { namespace } = ingress.release;
  const isTraefik = ingress.mode === "traefik";
  return [
    ...rights(manageVerbs, { ...release, ...roles }, namespace),
    ...rights(readVerbs, watched, namespace),
    ...rights(
      manageVerbs,
      isTraefik ? { policy: ["poddisruptionbudgets"] } : { "": ["configmaps"] },
      namespace,
    ),
    ...rights(manageVerbs, {
      ...clusterRoles,
      ...(isTraefik && definitions),
      "networking.k8s.io": ["ingressclasses"],
    }),
  ];
}

function certificateRights({ tls }: Settings, layout: ClusterLayout): Right[] {
  const { namespace } = layout.certManagerRelease;
  const installed = [
    ...rights(manageVerbs, { ...release, ...roles, batch: ["jobs"] }, namespace),
    ...rights(readVerbs, watched, namespace),
    // Its controllers choose their leader there.
    ...rights(manageVerbs, roles, "kube-system"),
    ...rights(manageVerbs, {
      ...clusterRoles,
      ...definitions,
      "admissionregistration.k8s.io": ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
    }),
  ];
  return [
    ...(layout.certManager === "installed" ? installed : []),
    ...(layout.makesIssuer ? rights(manageVerbs, { "cert-manager.io": ["clusterissuers"] }) : []),
    ...(tls.mode === "ca" ? rights(manageVerbs, { "": ["secrets"] }, namespace) : []),
    ...(tls.mode === "selfSigned"
      ? rights(manageVerbs, { "cert-manager.io": ["certificates"] }, namespace)
      : []),
  ];
}

function workerRights(settings: Settings, { workers }: ClusterLayout): Right[] {
  if (!workers) return [];
  const { namespace } = settings.workers;
  const trustedCas = hasTrustedCas(settings) ? { "": ["configmaps"] } : {};
  return [
    ...rights(manageVerbs, { ...release, ...roles }, workers.namespace),
    ...rights(readVerbs, watched, workers.namespace),
    ...rights(manageVerbs, { "": ["secrets"], ...roles }, namespace),
    ...rights(manageVerbs, { "workers.spacelift.io": ["workerpools"] }, namespace),
    ...(settings.podDisruptionBudgets
      ? rights(manageVerbs, { policy: ["poddisruptionbudgets"] }, namespace)
      : []),
    ...[namespace, workers.namespace].flatMap((each) => rights(manageVerbs, trustedCas, each)),
    ...(settings.networkPolicies
      ? rights(manageVerbs, { "networking.k8s.io": ["networkpolicies"] }, namespace)
      : []),
    ...rights(manageVerbs, definitions),
  ];
}

/** Whether there are certificates for the controller and the runs to trust. */
const hasTrustedCas = ({ rootCas, tls, onprem }: Settings): boolean =>
  rootCas.length > 0 || tls.mode === "ca" || onprem?.objectStorage.caCertificateFile !== undefined;
