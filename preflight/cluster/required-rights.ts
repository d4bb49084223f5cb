import { takesDump } from "../../config/restore-point";
import type { Settings } from "../../config/settings";
import type { ClusterLayout } from "./layout";

export const rbac = "rbac.authorization.k8s.io";

/** Something the deployment must be allowed to do. */
export interface Right {
  readonly verb: string;
  /** API group; empty for the core. */
  readonly group: string;
  /** With its subresource, as `pods/log`. */
  readonly resource: string;
  /** Left out for what belongs to none. */
  readonly namespace?: string;
}

/**
 * What the provider does with an object that is the program's own: it applies it, which takes the right to create it as well,
 * and watches until it is ready or gone (pulumi-kubernetes, `provider/pkg/await/await.go`).
 */
const applyVerbs = ["get", "list", "watch", "create", "patch", "delete"] as const;
/** What Helm does with an object of a chart (`pkg/kube/client.go` and `wait.go`): it watches none, and asks again. */
export const installVerbs = ["get", "create", "patch", "delete"] as const;
/**
 * What is done with the Secrets in which Helm records its releases: by Helm itself (`pkg/storage/driver/secrets.go`), and by
 * the program, which patches the record of a run that was killed.
 */
const recordVerbs = ["get", "list", "create", "update", "patch", "delete"] as const;

type Resources = Readonly<Record<string, readonly string[]>>;

const rights = (verbs: readonly string[], resources: Resources, namespace?: string): readonly Right[] =>
  Object.entries(resources).flatMap(([group, names]) =>
    names.flatMap((resource) =>
      verbs.map((verb) => ({ verb, group, resource, ...(namespace !== undefined && { namespace }) })),
    ),
  );
const apply = (resources: Resources, namespace?: string): readonly Right[] =>
  rights(applyVerbs, resources, namespace);
/** Helm leaves the definitions of custom resources when a release goes: with them would go everybody's objects. */
const define = (): readonly Right[] => rights(["get", "create", "patch"], definitions);
const install = (resources: Resources, namespace?: string): readonly Right[] =>
  rights(installVerbs, resources, namespace);

const roles = { [rbac]: ["roles", "rolebindings"] };
const clusterRoles = { [rbac]: ["clusterroles", "clusterrolebindings"] };
const definitions = { "apiextensions.k8s.io": ["customresourcedefinitions"] };
const budgets = { policy: ["poddisruptionbudgets"] };
const policies = { "networking.k8s.io": ["networkpolicies"] };
const ciliumPolicies = { "cilium.io": ["ciliumnetworkpolicies"] };

/** What installing a release takes, with what else a chart brings. */
const release = (namespace: string, further: Resources): readonly Right[] => [
  ...rights(recordVerbs, { "": ["secrets"] }, namespace),
  ...install({ "": ["serviceaccounts", "services"], apps: ["deployments"], ...further }, namespace),
  // Helm waits until there is a replica set whose pods are ready; the program says meanwhile what is not, and why.
  ...rights(
    ["list"],
    { "": ["pods", "events"], apps: ["replicasets", "deployments", "statefulsets", "daemonsets"] },
    namespace,
  ),
  ...rights(["get"], { "": ["pods/log"] }, namespace),
];

/** What must be allowed for a configuration to be deployed, upgraded and destroyed. No right is listed twice. */
export function requiredRights(settings: Settings, layout: ClusterLayout): readonly Right[] {
  const all = [
    ...(layout.namespaces.length > 0 ? apply({ "": ["namespaces"] }) : []),
    ...spaceliftRights(settings, layout),
    ...ingressRights(layout),
    ...certificateRights(settings, layout),
    ...workerRights(settings, layout),
  ];
  return [...new Map(all.map((right) => [JSON.stringify(right), right])).values()];
}

function spaceliftRights(settings: Settings, { spacelift: { namespace } }: ClusterLayout): readonly Right[] {
  const { onprem, networkPolicies, networkPeers, podDisruptionBudgets } = settings;
  const { server, broker, vcsGateway, monitoring } = networkPeers;
  const dumps = takesDump(settings);
  const hasCa =
    onprem?.database.caCertificate !== undefined ||
    (dumps && onprem?.objectStorage.caCertificateFile !== undefined);
  const hasEntities = [server, broker, vcsGateway, monitoring]
    .flat()
    .some(({ entity }) => entity !== undefined);
  return [
    ...release(namespace, { "networking.k8s.io": ["ingresses"] }),
    ...apply({ "": ["secrets", "serviceaccounts"] }, namespace),
    ...(hasCa ? apply({ "": ["configmaps"] }, namespace) : []),
    ...(dumps ? apply({ batch: ["jobs"] }, namespace) : []),
    // While the provider waits for a Job, it watches its pods.
    ...(dumps ? rights(["list", "watch"], { "": ["pods"] }, namespace) : []),
    ...(networkPolicies ? apply(policies, namespace) : []),
    ...(networkPolicies && hasEntities ? apply(ciliumPolicies, namespace) : []),
    ...(podDisruptionBudgets ? apply(budgets, namespace) : []),
  ];
}

function ingressRights({ ingress }: ClusterLayout): readonly Right[] {
  if (!ingress.release) return [];
  const { namespace } = ingress.release;
  const isTraefik = ingress.mode === "traefik";
  return [
    ...release(namespace, roles),
    ...install(isTraefik ? budgets : { "": ["configmaps"] }, namespace),
    ...install({
      ...clusterRoles,
      "networking.k8s.io": ["ingressclasses"],
    }),
    ...(isTraefik ? define() : []),
  ];
}

function certificateRights({ tls }: Settings, layout: ClusterLayout): readonly Right[] {
  const { namespace } = layout.certManagerRelease;
  const installed = [
    ...release(namespace, { ...roles, batch: ["jobs"] }),
    // Its controllers choose their leader there.
    ...install(roles, "kube-system"),
    ...install({
      ...clusterRoles,
      "admissionregistration.k8s.io": ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
    }),
    ...define(),
  ];
  return [
    ...(layout.certManager === "installed" ? installed : []),
    ...(layout.createsIssuer ? apply({ "cert-manager.io": ["clusterissuers"] }) : []),
    ...(tls.mode === "ca" ? apply({ "": ["secrets"] }, namespace) : []),
    ...(tls.mode === "selfSigned" ? apply({ "cert-manager.io": ["certificates"] }, namespace) : []),
  ];
}

function workerRights(settings: Settings, { workers: controller }: ClusterLayout): readonly Right[] {
  if (!controller) return [];
  const { workers, rootCas, tls, onprem, podDisruptionBudgets, networkPolicies, networkPeers } = settings;
  const { namespace } = workers;
  // For the controller and the runs to trust.
  const hasTrustedCas =
    rootCas.length > 0 || tls.mode === "ca" || onprem?.objectStorage.caCertificateFile !== undefined;
  return [
    ...release(controller.namespace, roles),
    ...apply({ "": ["secrets"] }, controller.namespace),
    ...apply({ "": ["secrets"], "workers.spacelift.io": ["workerpools"] }, namespace),
    ...install(roles, namespace),
    // The chart brings it, for the runs.
    ...(podDisruptionBudgets ? install(budgets, namespace) : []),
    ...(hasTrustedCas
      ? [namespace, controller.namespace].flatMap((each) => apply({ "": ["configmaps"] }, each))
      : []),
    ...(networkPolicies ? apply(policies, namespace) : []),
    ...(networkPolicies && networkPeers.runs.length > 0 ? apply(ciliumPolicies, namespace) : []),
    ...define(),
  ];
}
