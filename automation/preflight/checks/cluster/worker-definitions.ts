import { setCommand } from "../../../../config/problems";
import { helmRevisions } from "../../../../kubernetes/helm-release";
import { helmOwner } from "../../../../kubernetes/metadata";
import { failed, type Finding, passed, skipped } from "../../check";
import { type Aspect, type ClusterView, ownerText } from "./aspect";
import { definitionPath, definitionSchema } from "./cert-manager";

const name = { id: "cluster.worker-kinds", title: "Kinds of the worker pool controller" };
const kinds = ["workerpools.workers.spacelift.io", "workers.workers.spacelift.io"] as const;

/** Whether the custom kinds that come with the controller are free, or this installation's own. */
export const workerDefinitionsAspect: Aspect = { ...name, look };

async function look({ client, layout: { workers: own }, signal }: ClusterView): Promise<readonly Finding[]> {
  if (!own) return [skipped(name, "`workers.enabled` is false")];
  const found = await Promise.all(
    kinds.map((kind) => client.find(definitionPath(kind), definitionSchema, { signal })),
  );
  const present = found.filter((definition) => definition !== undefined);
  const foreign = present.flatMap(({ metadata }) => {
    const owner = helmOwner(metadata);
    return owner?.release === own.name && owner.namespace === own.namespace ? [] : [{ metadata, owner }];
  });
  const [first] = foreign;
  if (!first) {
    return [passed(name, present.length === 0 ? "none is there yet" : "they are this installation's own")];
  }
  const names = foreign.map(({ metadata }) => metadata.name).join(" and ");
  // Definitions outlive their controller; Helm takes over none that bears another release's name.
  const inUse =
    first.owner &&
    (await helmRevisions(client, first.owner.namespace, first.owner.release, { signal })).length > 0;
  const adopt = `kubectl annotate --overwrite crd ${kinds.join(" ")} meta.helm.sh/release-name=${own.name} meta.helm.sh/release-namespace=${own.namespace}`;
  return [
    failed(
      name,
      `${names} are there already and belong to ${ownerText(first.owner)}, so that Helm would refuse to install the controller`,
      inUse === true
        ? `uninstall that controller, or ${setCommand("workers.enabled", false)} to keep using it`
        : `hand them over with \`${adopt}\` and \`kubectl label --overwrite crd ${kinds.join(" ")} app.kubernetes.io/managed-by=Helm\`, or ${setCommand("workers.enabled", false)}`,
    ),
  ];
}
