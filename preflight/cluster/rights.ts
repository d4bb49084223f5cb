import { z } from "zod";
import { setCommand } from "../../config/problems";
import { type Finding, finding, groupBy } from "../check";
import { ClusterCheck, type ClusterView } from "./check";
import { installVerbs, rbac, requiredRights, type Right } from "./required-rights";

/** Whether the caller may do everything that a deployment, an upgrade and a destroy do. */
export const rightsCheck = new ClusterCheck("cluster.rights", "Rights in the cluster", checkRights);

const grantsCheck = finding("cluster.grants", "Right to grant rights");

const reviewSchema = z.object({ status: z.object({ allowed: z.boolean() }) });
const api = "authorization.k8s.io";

async function checkRights(view: ClusterView): Promise<readonly Finding[]> {
  const caller = callerOf(view);
  // An administrator of the cluster, as most are: one question instead of hundreds.
  if (await isAllowed(view, { verb: "*", group: "*", resource: "*" })) {
    return [rightsCheck.passed(`${caller} may do everything`)];
  }
  const required = requiredRights(view.settings, view.layout);
  const missing = await missingRights(view, required);
  return [
    missing.length === 0
      ? rightsCheck.passed(`${caller} may do all that is needed (${required.length} rights)`)
      : rightsCheck.failed(`${caller} may not, ${listed(missing)}`, fixOf(view, missing)),
    ...(await grantFindings(view, required)),
  ];
}

async function missingRights(view: ClusterView, rights: readonly Right[]): Promise<readonly Right[]> {
  const answers = await Promise.all(rights.map((right) => isAllowed(view, right)));
  return rights.filter((_, index) => answers[index] === false);
}

async function isAllowed({ client, signal }: ClusterView, right: Right): Promise<boolean> {
  const body = {
    apiVersion: `${api}/v1`,
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes: right },
  };
  const path = `/apis/${api}/v1/selfsubjectaccessreviews`;
  return (await client.ask(path, body, reviewSchema, { signal })).status.allowed;
}

/** Kubernetes lets nobody hand out rights beyond their own, and charts bring roles. */
async function grantFindings(view: ClusterView, required: readonly Right[]): Promise<readonly Finding[]> {
  const grants = required
    .filter(({ group, verb }) => group === rbac && verb === "create")
    .map((right) => ({
      ...right,
      verb: right.resource.endsWith("bindings") ? "bind" : "escalate",
      resource: right.resource.replace("bindings", "s"),
    }));
  if (grants.length === 0) return [];
  const missing = await missingRights(view, grants);
  return [
    missing.length === 0
      ? grantsCheck.passed("roles of charts can be created, whatever they allow")
      : grantsCheck.warning(
          `${callerOf(view)} may not, ${listed(missing)}: roles that charts bring are refused where they allow more than the caller may`,
          adminCommand(view),
        ),
  ];
}

const callerOf = ({ user }: ClusterView): string => user ?? "the caller";

/** `in the whole cluster: manage namespaces; in namespace spacelift: manage secrets, services, list pods`. */
function listed(missing: readonly Right[]): string {
  const places = groupBy(missing, ({ namespace }) =>
    namespace === undefined ? "in the whole cluster" : `in namespace ${namespace}`,
  );
  return [...places].map(([place, rights]) => `${place}: ${listedByVerb(rights)}`).join("; ");
}

function listedByVerb(rights: readonly Right[]): string {
  const resources = groupBy(rights, ({ resource }) => resource);
  const verbs = groupBy([...resources], ([, each]) => verbText(each.map(({ verb }) => verb)));
  return [...verbs].map(([verb, each]) => `${verb} ${each.map(([what]) => what).join(", ")}`).join("; ");
}

const verbText = (verbs: readonly string[]): string =>
  installVerbs.every((verb) => verbs.includes(verb)) ? "manage" : verbs.join("/");

function fixOf(view: ClusterView, missing: readonly Right[]): string {
  const { certManager, ingress, namespaces, spacelift } = view.layout;
  if (missing.every(({ namespace }) => namespace !== undefined)) {
    const commands = [...new Set(missing.flatMap(({ namespace }) => namespace ?? []))].map(
      (namespace) => `\`${bindCommand(view, "rolebinding", "admin", namespace)}\``,
    );
    return `let an administrator run ${commands.join(" and ")}`;
  }
  const others = [
    ...(certManager === "installed" ? [setCommand("certManager.install", false)] : []),
    ...(ingress.release ? [setCommand("ingress.mode", "existing")] : []),
    ...(namespaces.includes(spacelift.namespace) ? [setCommand("namespace.create", false)] : []),
  ];
  const instead =
    others.length === 0 ? "" : `; what an administrator installs needs no rights: ${others.join(", ")}`;
  return `${adminCommand(view)}${instead}`;
}

const adminCommand = (view: ClusterView): string =>
  `let an administrator run \`${bindCommand(view, "clusterrolebinding", "cluster-admin")}\``;

const bindCommand = ({ user }: ClusterView, kind: string, role: string, namespace?: string): string =>
  `kubectl create ${kind} spacelift-deployer${namespace === undefined ? "" : ` --namespace ${namespace}`} --clusterrole ${role} --user ${user ?? "<user>"}`;
