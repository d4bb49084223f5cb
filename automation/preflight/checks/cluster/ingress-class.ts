import { z } from "zod";
import { removeCommand, setCommand } from "../../../../config/problems";
import { helmOwner, metadataSchema, objectSchema } from "../../../../kubernetes/metadata";
import { failed, type Finding, passed, warning } from "../../check";
import { type Aspect, type ClusterView, ownerText } from "./aspect";

const name = { id: "cluster.ingress-class", title: "Ingress class" };
const path = "/apis/networking.k8s.io/v1/ingressclasses";

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

/** Whether the class is there, or free. */
export const ingressClassAspect: Aspect = { ...name, look };

async function look(view: ClusterView): Promise<readonly Finding[]> {
  const { client, layout, signal } = view;
  const classes = await client.list(path, classSchema, { signal });
  const found = classes.find(({ metadata }) => metadata.name === layout.ingress.className);
  if (layout.ingress.release) return [installedFinding(view, found)];
  if (!found) return [absentFinding(view, classes)];
  return [controllerFinding(view, found), ...(await controllerNamespaceFindings(view))];
}

function installedFinding({ layout: { ingress } }: ClusterView, found: IngressClass | undefined): Finding {
  if (!found) return passed(name, `the class ${ingress.className} is free`);
  const owner = helmOwner(found.metadata);
  const { release } = ingress;
  if (owner?.release === release?.name && owner?.namespace === release?.namespace) {
    return passed(name, `the class ${ingress.className} is this installation's own`);
  }
  return failed(
    name,
    `the class ${ingress.className} is there already and belongs to ${ownerText(owner)}`,
    `${setCommand("ingress.className", "spacelift")}, or ${setCommand("ingress.mode", "existing")} to use the controller that is there`,
  );
}

function absentFinding({ layout: { ingress } }: ClusterView, classes: readonly IngressClass[]): Finding {
  const names = classes.map(({ metadata }) => metadata.name);
  const install = setCommand("ingress.mode", "traefik");
  return names.length === 0
    ? failed(name, "the cluster has no ingress class at all", `${install}, or install an ingress controller`)
    : failed(
        name,
        `there is no class ${ingress.className}, but ${names.join(", ")}`,
        `${setCommand("ingress.className", names[0])}, or ${install}`,
      );
}

function controllerFinding({ settings }: ClusterView, { metadata, spec }: IngressClass): Finding {
  const controller = spec?.controller ?? "";
  const actual = software.find(([pattern]) => pattern.test(controller))?.[1];
  const said = settings.ingress.controller;
  const known = `the class ${metadata.name} is served by ${controller}`;
  if (actual === undefined || said === undefined || said === actual) return passed(name, known);
  return warning(
    name,
    `${known}, yet \`ingress.controller\` says ${said}: the VCS gateway would get the wrong annotations`,
    setCommand("ingress.controller", actual),
  );
}

/** Network policies let in the pods of that namespace alone: with a wrong one, every request is dropped. */
async function controllerNamespaceFindings({ client, settings, signal }: ClusterView): Promise<Finding[]> {
  const { namespace } = settings.ingress;
  if (namespace === undefined || !settings.networkPolicies) return [];
  if (await client.find(`/api/v1/namespaces/${namespace}`, objectSchema, { signal })) return [];
  return [
    failed(
      { ...name, id: "cluster.ingress-namespace", title: "Namespace of the ingress controller" },
      `the namespace ${namespace}, from which alone network policies let in requests, does not exist`,
      `${setCommand("ingress.namespace", "ingress-nginx")} with the namespace the controller runs in, or ${removeCommand("ingress.namespace")}`,
    ),
  ];
}
