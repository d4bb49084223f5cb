import { z } from "zod";
import { setCommand } from "../../../../config/problems";
import { helmRevisions } from "../../../../kubernetes/helm-release";
import { type Metadata, isPulumis, metadataSchema, objectSchema } from "../../../../kubernetes/metadata";
import { failed, type Finding, type FindingName, passed, warning } from "../../check";
import type { Aspect, ClusterView } from "./aspect";

const name = { id: "cluster.namespaces", title: "Namespaces" };
const security = { id: "cluster.pod-security", title: "Security level of Spacelift's namespace" };
const objects = { id: "cluster.own-objects", title: "What others made in Spacelift's namespace" };
const nameOf = (namespace: string): FindingName => ({
  id: `${name.id}.${namespace}`,
  title: `Namespace ${namespace}`,
});

const namespaceSchema = z.object({
  metadata: metadataSchema,
  status: z.object({ phase: z.string().optional() }).nullish(),
});
type Namespace = z.output<typeof namespaceSchema>;

/** The objects that Spacelift's own namespace must not hold already, when others made them. */
const ownObjects = [
  ["secrets", "spacelift-shared"],
  ["secrets", "spacelift-server"],
  ["secrets", "spacelift-drain"],
  ["serviceaccounts", "spacelift-backend"],
] as const;

/** Whether namespaces are there, or free, and whether Spacelift's holds what others made. */
export const namespacesAspect: Aspect = { ...name, look };

async function look(view: ClusterView): Promise<readonly Finding[]> {
  const { layout } = view;
  const own = layout.spacelift.namespace;
  const names = [...new Set([...layout.namespaces, ...layout.existingNamespaces.map((each) => each.name)])];
  const found = await Promise.all(names.map((each) => findNamespace(view, each)));
  const bad: Finding[] = [];
  for (const [index, each] of names.entries()) {
    const finding = await namespaceFinding(view, each, found[index]);
    if (finding) bad.push(finding);
  }
  const own_ = found[names.indexOf(own)];
  if (own_) bad.push(...securityFindings(view, own_), ...(await objectFindings(view, own)));
  if (bad.length > 0) return bad;
  const there = names.filter((_, index) => found[index] !== undefined);
  return [
    passed(name, there.length === 0 ? "none is there yet" : `${there.join(", ")}: there, and no one else's`),
  ];
}

const findNamespace = ({ client, signal }: ClusterView, each: string): Promise<Namespace | undefined> =>
  client.find(`/api/v1/namespaces/${each}`, namespaceSchema, { signal });

async function namespaceFinding(
  view: ClusterView,
  each: string,
  found: Namespace | undefined,
): Promise<Finding | undefined> {
  const existing = view.layout.existingNamespaces.find(({ name: one }) => one === each);
  if (!found) {
    if (!existing) return undefined;
    const { setting } = existing;
    const fix = `run \`kubectl create namespace ${each}\`, or ${setCommand(setting, true)}`;
    return failed(nameOf(each), `the namespace ${each} does not exist, and \`${setting}\` is false`, fix);
  }
  if (found.status?.phase === "Terminating") {
    const fix = `wait until it is gone, or find what holds it up: \`kubectl get namespace ${each} -o jsonpath='{.status.conditions}'\``;
    return failed(nameOf(each), `the namespace ${each} is being deleted`, fix);
  }
  if (existing || isPulumis(found.metadata)) return undefined;
  const fix = each === view.layout.spacelift.namespace ? takeOver : otherName(view, each);
  const problem = `the namespace ${each} is there already and was not made by this program`;
  // Restored from a backup, an installation lacks the traces of who made it.
  return (await isInstalled(view)) ? warning(nameOf(each), problem, fix) : failed(nameOf(each), problem, fix);
}

const takeOver = `${setCommand("namespace.create", false)}, or ${setCommand("namespace.name", "spacelift-self-hosted")}`;

function otherName({ layout, settings }: ClusterView, each: string): string {
  if (layout.ingress.release?.namespace === each) {
    return `${setCommand("ingress.namespace", `spacelift-${each}`)}, or ${setCommand("ingress.mode", "existing")} for the controller that is there`;
  }
  if (settings.workers.enabled && each === settings.workers.namespace) {
    return `${setCommand("workers.createNamespace", false)}, or ${setCommand("workers.namespace", `${each}-2`)}`;
  }
  if (layout.workers?.namespace === each) {
    return `${setCommand("workers.createControllerNamespace", false)}, or ${setCommand("workers.controllerNamespace", `${each}-2`)}`;
  }
  return `${setCommand("certManager.install", false)} for the cert-manager that is there, or ${setCommand("certManager.namespace", "spacelift-cert-manager")}`;
}

async function isInstalled({ client, layout: { spacelift }, signal }: ClusterView): Promise<boolean> {
  const revisions = await helmRevisions(client, spacelift.namespace, spacelift.name, { signal });
  return revisions.length > 0;
}

/** The pods of the chart do not promise to run without root, which the strictest level insists on. */
function securityFindings({ settings }: ClusterView, { metadata }: Namespace): Finding[] {
  const level = metadata.labels["pod-security.kubernetes.io/enforce"];
  if (level !== "restricted" || /securityContext/i.test(JSON.stringify(settings.helmValues))) return [];
  const fix = `run \`kubectl label --overwrite namespace ${metadata.name} pod-security.kubernetes.io/enforce=baseline\`, or set the security contexts in \`helmValues\``;
  return [
    failed(
      security,
      `the namespace ${metadata.name} enforces the pod security level restricted, which Spacelift's pods do not meet`,
      fix,
    ),
  ];
}

/** From a backup, which does not keep who made an object. */
const isRestored = ({ labels }: Metadata): boolean => labels["velero.io/restore-name"] !== undefined;

/** An installation made by hand, as the vendor's guides do it, stands in the way of one that is made here. */
async function objectFindings(view: ClusterView, namespace: string): Promise<Finding[]> {
  const { client, signal } = view;
  const found = await Promise.all(
    ownObjects.map(([plural, each]) =>
      client.find(`/api/v1/namespaces/${namespace}/${plural}/${each}`, objectSchema, { signal }),
    ),
  );
  const foreign = ownObjects.filter((_, index) => {
    const object = found[index];
    return object !== undefined && !isPulumis(object.metadata) && !isRestored(object.metadata);
  });
  const byHand = found.every((object) => object === undefined) && (await isInstalled(view));
  if (byHand || foreign.length > 0) {
    const what = [
      ...(byHand ? [`the Helm release ${view.layout.spacelift.name}`] : []),
      ...foreign.map(([plural, each]) => `${each} (${plural})`),
    ];
    const fix =
      "this looks like an installation made by hand: remove it (its data stay in the database and the buckets), give its encryption key as `encryptionPrivateKey`, or choose another `namespace.name`";
    return [
      failed(
        objects,
        `the namespace ${namespace} holds what this program makes, made by others: ${what.join(", ")}`,
        fix,
      ),
    ];
  }
  return [];
}
