import { z } from "zod";
import { removeCommand, setCommand } from "../../config/problems";
import { helmRevisions } from "../../kubernetes/helm-release";
import { helmOwner, metadataSchema, objectSchema } from "../../kubernetes/values";
import { type Finding, finding } from "../check";
import { ClusterCheck, type ClusterView, findDefinition, isOwned, ownerText } from "./check";

/** Whether the ingress class exists, or is free to be created. */
export const ingressClassCheck = new ClusterCheck(
  "cluster.ingress-class",
  "Ingress class",
  checkIngressClass,
);

const ingressNamespaceCheck = finding("cluster.ingress-namespace", "Namespace of the ingress controller");

const classSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({ controller: z.string().optional() }).nullish(),
});
type IngressClass = z.output<typeof classSchema>;

/** Software by the name that its ingress classes give; several classes of one cluster have names that vary. */
const software = [
  [/^traefik\.io\//, "traefik"],
  [/^k8s\.io\//, "ingress-nginx"],
] as const;

async function checkIngressClass(view: ClusterView): Promise<readonly Finding[]> {
  const { client, layout, signal } = view;
  const { className, release } = layout.ingress;
  const classes = await client.list("/apis/networking.k8s.io/v1/ingressclasses", classSchema, { signal });
  const found = classes.find(({ metadata }) => metadata.name === className);
  if (release) {
    if (!found) return [ingressClassCheck.passed(`the class ${className} is free`)];
    return [
      isOwned(found.metadata, release)
        ? ingressClassCheck.passed(`the class ${className} is this installation's own`)
        : ingressClassCheck.failed(
            `the class ${className} exists already and belongs to ${ownerText(found.metadata)}`,
            `${setCommand("ingress.className", "spacelift")}, or ${setCommand("ingress.mode", "existing")} to use the existing controller`,
          ),
    ];
  }
  return found
    ? [controllerFinding(view, found), ...(await namespaceFindings(view))]
    : [absentFinding(className, classes)];
}

function absentFinding(className: string, classes: readonly IngressClass[]): Finding {
  const names = classes.map(({ metadata }) => metadata.name);
  const install = setCommand("ingress.mode", "traefik");
  return names.length === 0
    ? ingressClassCheck.failed(
        "the cluster has no ingress class at all",
        `${install}, or install an ingress controller`,
      )
    : ingressClassCheck.failed(
        `there is no class ${className}, but ${names.join(", ")}`,
        `${setCommand("ingress.className", names[0])}, or ${install}`,
      );
}

function controllerFinding({ settings }: ClusterView, { metadata, spec }: IngressClass): Finding {
  const controller = spec?.controller ?? "";
  const actual = software.find(([pattern]) => pattern.test(controller))?.[1];
  const configured = settings.ingress.controller;
  const found = `the class ${metadata.name} is served by ${controller}`;
  return actual === undefined || configured === undefined || configured === actual
    ? ingressClassCheck.passed(found)
    : ingressClassCheck.warning(
        `${found}, yet \`ingress.controller\` says ${configured}: the VCS gateway would get the wrong annotations`,
        setCommand("ingress.controller", actual),
      );
}

/** Network policies admit the pods of that namespace alone: with a wrong one, every request is dropped. */
async function namespaceFindings({ client, settings, signal }: ClusterView): Promise<readonly Finding[]> {
  const { namespace } = settings.ingress;
  if (namespace === undefined || !settings.networkPolicies) return [];
  if (await client.find(`/api/v1/namespaces/${namespace}`, objectSchema, { signal })) return [];
  return [
    ingressNamespaceCheck.failed(
      `the namespace ${namespace}, from which alone network policies admit requests, does not exist`,
      `${setCommand("ingress.namespace", "ingress-nginx")} with the namespace the controller runs in, or ${removeCommand("ingress.namespace")}`,
    ),
  ];
}

/** Whether the custom kinds that come with the worker pool controller are free, or this installation's own. */
export const workerKindsCheck = new ClusterCheck(
  "cluster.worker-kinds",
  "Kinds of the worker pool controller",
  checkWorkerKinds,
);

const kinds = ["workerpools.workers.spacelift.io", "workers.workers.spacelift.io"] as const;

async function checkWorkerKinds(view: ClusterView): Promise<readonly Finding[]> {
  const { client, layout, signal } = view;
  const { workers } = layout;
  if (!workers) return [workerKindsCheck.skipped("`workers.enabled` is false")];
  const definitions = await Promise.all(kinds.map((kind) => findDefinition(view, kind)));
  const existing = definitions.flatMap((definition) => (definition ? [definition.metadata] : []));
  const foreign = existing.filter((metadata) => !isOwned(metadata, workers));
  const [first] = foreign;
  if (!first) {
    const found = existing.length === 0 ? "none is installed yet" : "they are this installation's own";
    return [workerKindsCheck.passed(found)];
  }
  // Definitions outlive their controller; Helm takes over none that bears another release's name.
  const owner = helmOwner(first);
  const inUse = owner && (await helmRevisions(client, owner.namespace, owner.release, { signal })).length > 0;
  const disable = setCommand("workers.enabled", false);
  const adopt = `kubectl annotate --overwrite crd ${kinds.join(" ")} meta.helm.sh/release-name=${workers.name} meta.helm.sh/release-namespace=${workers.namespace}`;
  const label = `kubectl label --overwrite crd ${kinds.join(" ")} app.kubernetes.io/managed-by=Helm`;
  return [
    workerKindsCheck.failed(
      `${foreign.map(({ name }) => name).join(" and ")} exist already and belong to ${ownerText(first)}, so that Helm would refuse to install the controller`,
      inUse === true
        ? `uninstall that controller, or ${disable} to keep using it`
        : `hand them over with \`${adopt}\` and \`${label}\`, or ${disable}`,
    ),
  ];
}
