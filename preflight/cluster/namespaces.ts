import { z } from "zod";
import { setCommand } from "../../config/problems";
import { helmRevisions } from "../../kubernetes/helm-release";
import { isPulumis, type Metadata, metadataSchema, objectSchema } from "../../kubernetes/values";
import { type Finding, finding } from "../check";
import { ClusterCheck, type ClusterView } from "./check";

/** Whether namespaces exist, or are free, and whether Spacelift's holds what others created. */
export const namespacesCheck = new ClusterCheck("cluster.namespaces", "Namespaces", checkNamespaces);

const securityCheck = finding("cluster.pod-security", "Security level of Spacelift's namespace");
const objectsCheck = finding("cluster.own-objects", "What others created in Spacelift's namespace");

const namespaceSchema = z.object({
  metadata: metadataSchema,
  status: z.object({ phase: z.string().optional() }).nullish(),
});
type Namespace = z.output<typeof namespaceSchema>;

/** The objects that Spacelift's own namespace must not hold already, when others created them. */
const ownObjects = [
  ["secrets", "spacelift-shared"],
  ["secrets", "spacelift-server"],
  ["secrets", "spacelift-drain"],
  ["serviceaccounts", "spacelift-backend"],
] as const;

async function checkNamespaces(view: ClusterView): Promise<readonly Finding[]> {
  const { client, layout, signal } = view;
  const names = new Set([...layout.namespaces, ...layout.existingNamespaces.map(({ name }) => name)]);
  const namespaces = await Promise.all(
    [...names].map(async (name) => ({
      name,
      found: await client.find(`/api/v1/namespaces/${name}`, namespaceSchema, { signal }),
    })),
  );
  const problems: Finding[] = [];
  for (const { name, found } of namespaces) problems.push(...(await namespaceFindings(view, name, found)));
  const own = namespaces.find(({ name }) => name === layout.spacelift.namespace)?.found;
  if (own) problems.push(...securityFindings(view, own), ...(await objectFindings(view, own)));
  if (problems.length > 0) return problems;
  const existing = namespaces.filter(({ found }) => found !== undefined).map(({ name }) => name);
  return [
    namespacesCheck.passed(
      existing.length === 0 ? "none exists yet" : `${existing.join(", ")}: exist, and are no one else's`,
    ),
  ];
}

async function namespaceFindings(
  view: ClusterView,
  name: string,
  found: Namespace | undefined,
): Promise<readonly Finding[]> {
  const check = finding(`${namespacesCheck.id}.${name}`, `Namespace ${name}`);
  const existing = view.layout.existingNamespaces.find((each) => each.name === name);
  if (!found) {
    if (!existing) return [];
    const { setting } = existing;
    const fix = `run \`kubectl create namespace ${name}\`, or ${setCommand(setting, true)}`;
    return [check.failed(`the namespace ${name} does not exist, and \`${setting}\` is false`, fix)];
  }
  if (found.status?.phase === "Terminating") {
    const fix = `wait until it is gone, or find what holds it up: \`kubectl get namespace ${name} -o jsonpath='{.status.conditions}'\``;
    return [check.failed(`the namespace ${name} is being deleted`, fix)];
  }
  if (existing || isPulumis(found.metadata)) return [];
  // Restored from a backup, an installation lacks the traces of who created it.
  const status = (await isInstalled(view)) ? "warning" : "failed";
  const reason = `the namespace ${name} exists already and was not created by this program`;
  return [check[status](reason, otherNamespace(view, name))];
}

function otherNamespace({ layout, settings }: ClusterView, name: string): string {
  if (layout.spacelift.namespace === name) {
    return `${setCommand("namespace.create", false)}, or ${setCommand("namespace.name", "spacelift-self-hosted")}`;
  }
  if (layout.ingress.release?.namespace === name) {
    return `${setCommand("ingress.namespace", `spacelift-${name}`)}, or ${setCommand("ingress.mode", "existing")} for the existing controller`;
  }
  if (settings.workers.enabled && settings.workers.namespace === name) {
    return `${setCommand("workers.createNamespace", false)}, or ${setCommand("workers.namespace", `${name}-2`)}`;
  }
  if (layout.workers?.namespace === name) {
    return `${setCommand("workers.createControllerNamespace", false)}, or ${setCommand("workers.controllerNamespace", `${name}-2`)}`;
  }
  return `${setCommand("certManager.install", false)} for the existing cert-manager, or ${setCommand("certManager.namespace", "spacelift-cert-manager")}`;
}

async function isInstalled({ client, layout: { spacelift }, signal }: ClusterView): Promise<boolean> {
  const revisions = await helmRevisions(client, spacelift.namespace, spacelift.name, { signal });
  return revisions.length > 0;
}

/** The pods of the chart do not promise to run without root, which the strictest level insists on. */
function securityFindings({ settings }: ClusterView, { metadata }: Namespace): readonly Finding[] {
  const level = metadata.labels["pod-security.kubernetes.io/enforce"];
  if (level !== "restricted" || /securityContext/i.test(JSON.stringify(settings.helmValues))) return [];
  return [
    securityCheck.failed(
      `the namespace ${metadata.name} enforces the pod security level restricted, which Spacelift's pods do not meet`,
      `run \`kubectl label --overwrite namespace ${metadata.name} pod-security.kubernetes.io/enforce=baseline\`, or set the security contexts in \`helmValues\``,
    ),
  ];
}

/** From a backup, which does not keep who created an object. */
const isRestored = ({ labels }: Metadata): boolean => labels["velero.io/restore-name"] !== undefined;

/** An installation created by hand, as the vendor's guides do it, conflicts with one that is created here. */
async function objectFindings(view: ClusterView, { metadata }: Namespace): Promise<readonly Finding[]> {
  const { client, signal, layout } = view;
  const found = await Promise.all(
    ownObjects.map(([plural, name]) =>
      client.find(`/api/v1/namespaces/${metadata.name}/${plural}/${name}`, objectSchema, { signal }),
    ),
  );
  const foreign = ownObjects.filter((_, index) => {
    const object = found[index];
    return object !== undefined && !isPulumis(object.metadata) && !isRestored(object.metadata);
  });
  const byHand = found.every((object) => object === undefined) && (await isInstalled(view));
  const what = [
    ...(byHand ? [`the Helm release ${layout.spacelift.name}`] : []),
    ...foreign.map(([plural, name]) => `${name} (${plural})`),
  ];
  if (what.length === 0) return [];
  return [
    objectsCheck.failed(
      `the namespace ${metadata.name} holds what this program creates, created by others: ${what.join(", ")}`,
      "this looks like a manual installation: remove it (its data stay in the database and the buckets), give its encryption key as `encryptionPrivateKey`, or choose another `namespace.name`",
    ),
  ];
}
