import { z } from "zod";
import { setCommand } from "../../../../config/problems";
import { failed, type Finding, passed, warning } from "../../check";
import type { Aspect, ClusterView } from "./aspect";
import { type Right, manageVerbs, readVerbs, requiredRights } from "./required-rights";

const name = { id: "cluster.rights", title: "Rights in the cluster" };
const grants = { id: "cluster.grants", title: "Right to grant rights" };

const reviewSchema = z.object({ status: z.object({ allowed: z.boolean() }) });
const api = "authorization.k8s.io";

/** Whether the caller may do everything that a deployment, an upgrade and a destroy do. */
export const rightsAspect: Aspect = { ...name, look };

async function look(view: ClusterView): Promise<readonly Finding[]> {
  // An administrator of the cluster, as most are: one question instead of hundreds.
  const everything = { verb: "*", group: "*", resource: "*" };
  if (await isAllowed(view, everything)) return [passed(name, `${callerOf(view)} may do everything`)];
  const required = requiredRights(view.settings, view.layout);
  const answers = await Promise.all(required.map((right) => isAllowed(view, right)));
  const missing = required.filter((_, index) => answers[index] === false);
  const grant = await grantFinding(view, required);
  const finding =
    missing.length === 0
      ? passed(name, `${callerOf(view)} may do all that is needed (${required.length} rights)`)
      : failed(name, `${callerOf(view)} may not, ${listed(missing)}`, fixOf(view, missing));
  return grant ? [finding, grant] : [finding];
}

async function isAllowed({ client, signal }: ClusterView, right: Right): Promise<boolean> {
  const body = {
    apiVersion: `${api}/v1`,
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes: right },
  };
  const review = await client.ask(`/apis/${api}/v1/selfsubjectaccessreviews`, body, reviewSchema, {
    signal,
  });
  return review.status.allowed;
}

/** Kubernetes lets nobody hand out rights beyond their own, and charts bring roles. */
async function grantFinding(view: ClusterView, required: readonly Right[]): Promise<Finding | undefined> {
  const rbac = "rbac.authorization.k8s.io";
  const roles = required.filter((right) => right.group === rbac && right.verb === "create");
  if (roles.length === 0) return undefined;
  const asked = roles.map((right) => ({
    ...right,
    verb: right.resource.endsWith("bindings") ? "bind" : "escalate",
    resource: right.resource.replace("bindings", "s"),
  }));
  const answers = await Promise.all(asked.map((right) => isAllowed(view, right)));
  const missing = asked.filter((_, index) => answers[index] === false);
  if (missing.length === 0) return passed(grants, "roles of charts can be made, whatever they allow");
  return warning(
    grants,
    `${callerOf(view)} may not, ${listed(missing)}: roles that charts bring are refused where they allow more than the caller may`,
    adminCommand(view),
  );
}

const callerOf = ({ user }: ClusterView): string => user ?? "the caller";

/** `in the whole cluster: manage namespaces; in namespace spacelift: manage secrets, services, read pods`. */
function listed(missing: readonly Right[]): string {
  const places = groupBy(missing, ({ namespace }) =>
    namespace === undefined ? "in the whole cluster" : `in namespace ${namespace}`,
  );
  return [...places].map(([place, each]) => `${place}: ${listedThere(each)}`).join("; ");
}

function listedThere(missing: readonly Right[]): string {
  const resources = groupBy(missing, ({ resource }) => resource);
  const verbs = groupBy([...resources], ([, each]) => verbText(each.map(({ verb }) => verb)));
  return [...verbs].map(([verb, each]) => `${verb} ${each.map(([what]) => what).join(", ")}`).join("; ");
}

function verbText(verbs: readonly string[]): string {
  if (manageVerbs.every((verb) => verbs.includes(verb))) return "manage";
  return readVerbs.length === verbs.length && readVerbs.every((verb) => verbs.includes(verb))
    ? "read"
    : verbs.join("/");
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

function fixOf(view: ClusterView, missing: readonly Right[]): string {
  const isClusterWide = missing.some((right) => right.namespace === undefined);
  const namespaces = [...new Set(missing.flatMap(({ namespace }) => namespace ?? []))];
  if (!isClusterWide) {
    const commands = namespaces.map((namespace) => `\`${bind(view, "rolebinding", "admin", namespace)}\``);
    return `let an administrator run ${commands.join(" and ")}`;
  }
  const { layout } = view;
  const others = [
    ...(layout.certManager === "installed" ? [setCommand("certManager.install", false)] : []),
    ...(layout.ingress.release ? [setCommand("ingress.mode", "existing")] : []),
    ...(layout.namespaces.includes(layout.spacelift.namespace)
      ? [setCommand("namespace.create", false)]
      : []),
  ];
  const instead =
    others.length === 0 ? "" : `; what an administrator installs needs no rights: ${others.join(", ")}`;
  return `${adminCommand(view)}${instead}`;
}

const adminCommand = (view: ClusterView): string =>
  `let an administrator run \`${bind(view, "clusterrolebinding", "cluster-admin")}\``;

const bind = ({ user }: ClusterView, kind: string, role: string, namespace?: string): string =>
  `kubectl create ${kind} spacelift-deployer${namespace === undefined ? "" : ` --namespace ${namespace}`} --clusterrole ${role} --user ${user ?? "<user>"}`;
