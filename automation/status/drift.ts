import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { KubeError } from "../../kubernetes/kube-error";
import { objectSchema } from "../../kubernetes/values";
import {
  type ClusterReader,
  type Deployment,
  deploymentSchema,
  envSecrets,
  type Ingress,
  ingressSchema,
} from "./cluster-reader";

const kindSchema = z.object({ kind: z.string() });

/** Compares what runs with what the Helm release rendered, and looks for Secrets that others have changed. */
export async function readDifferences(
  reader: ClusterReader,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const [release, deployments, ingresses, changed] = await Promise.all([
    reader.release(),
    reader.deployments(),
    reader.ingresses(),
    changedSecrets(reader, signal),
  ]);
  if (!release) return [`there is no Helm release in the namespace ${reader.namespace}`, ...changed];
  const { wantedDeployments, wantedIngresses } = rendered(release.manifest);
  return [
    ...compare("Deployment", wantedDeployments, deployments, deploymentDifferences),
    ...compare("Ingress", wantedIngresses, ingresses, ingressDifferences),
    ...changed,
  ];
}

function rendered(manifest: string): {
  readonly wantedDeployments: readonly Deployment[];
  readonly wantedIngresses: readonly Ingress[];
} {
  const documents = parseAllDocuments(manifest).map((document) => document.toJS() as unknown);
  const of = <T>(kind: string, schema: z.ZodType<T>): T[] =>
    documents
      .filter((document) => kindSchema.safeParse(document).data?.kind === kind)
      .map((document) => {
        const object = schema.safeParse(document);
        if (object.success) return object.data;
        throw new KubeError("answer", `the Helm release holds a ${kind} that is not understood`);
      });
  return {
    wantedDeployments: of("Deployment", deploymentSchema),
    wantedIngresses: of("Ingress", ingressSchema),
  };
}

interface Named {
  readonly metadata: { readonly name: string };
}

function compare<T extends Named>(
  kind: string,
  wanted: readonly T[],
  live: readonly T[],
  differences: (wanted: T, live: T) => readonly string[],
): string[] {
  return wanted.flatMap((each) => {
    const found = live.find(({ metadata }) => metadata.name === each.metadata.name);
    const name = `${kind} ${each.metadata.name}`;
    return found
      ? differences(each, found).map((difference) => `${name}: ${difference}`)
      : [`${name} is missing`];
  });
}

function deploymentDifferences(wanted: Deployment, live: Deployment): string[] {
  const differences: string[] = [];
  const differ = (what: string, a: string, b: string): void => {
    if (a !== b) differences.push(`${what} is ${b}, deployed was ${a}`);
  };
  differ("replicas", String(wanted.spec.replicas ?? 1), String(live.spec.replicas ?? 1));
  for (const container of wanted.spec.template.spec.containers) {
    const found = live.spec.template.spec.containers.find(({ name }) => name === container.name);
    if (!found) {
      differences.push(`container ${container.name} is missing`);
      continue;
    }
    differ(`image of ${container.name}`, container.image, found.image);
    differ(`Secrets of ${container.name}`, secretRefs(container.envFrom), secretRefs(found.envFrom));
  }
  return differences;
}

type EnvFrom = Deployment["spec"]["template"]["spec"]["containers"][number]["envFrom"];

const secretRefs = (envFrom: EnvFrom): string =>
  (envFrom ?? []).flatMap(({ secretRef }) => secretRef?.name ?? []).join(", ") || "none";

function ingressDifferences(wanted: Ingress, live: Ingress): string[] {
  const hosts = ({ spec }: Ingress): string =>
    (spec.rules ?? []).flatMap(({ host }) => host ?? []).join(", ");
  const className = ({ spec }: Ingress): string => spec.ingressClassName ?? "none";
  return [
    ...(hosts(wanted) === hosts(live) ? [] : [`hosts are ${hosts(live)}, deployed were ${hosts(wanted)}`]),
    ...(className(wanted) === className(live)
      ? []
      : [`class is ${className(live)}, deployed was ${className(wanted)}`]),
  ];
}

/** Nothing but the deployment writes the Secrets of the services; Kubernetes records who else did. */
async function changedSecrets(reader: ClusterReader, signal: AbortSignal): Promise<string[]> {
  const { client, namespace } = reader;
  const [deployments, secrets] = await Promise.all([
    reader.deployments(),
    client.list(`/api/v1/namespaces/${namespace}/secrets`, objectSchema, { signal, metadataOnly: true }),
  ]);
  const secretNames = deployments.flatMap(envSecrets);
  return secrets
    .filter(({ metadata }) => secretNames.includes(metadata.name))
    .flatMap(({ metadata }) => {
      const managers = metadata.managedFields.flatMap(({ manager }) => manager ?? []);
      const others = [...new Set(managers.filter((manager) => !manager.startsWith("pulumi-")))];
      return others.length === 0 ? [] : [`Secret ${metadata.name}: changed by ${others.join(", ")}`];
    });
}
