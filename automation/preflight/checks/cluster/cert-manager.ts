import { z } from "zod";
import { setCommand } from "../../../../config/problems";
import { conditionsSchema, helmOwner, metadataSchema } from "../../../../kubernetes/metadata";
import { failed, type Finding, passed, skipped, warning } from "../../check";
import { type Aspect, type ClusterView, ownerText } from "./aspect";

const name = { id: "cluster.cert-manager", title: "cert-manager" };
const issuerName = { id: "cluster.issuer", title: "Issuer of the certificates" };

/** A definition of a custom kind. */
export const definitionSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({ versions: z.array(z.object({ name: z.string(), served: z.boolean() })) }),
});
/** Path of a definition. */
export const definitionPath = (kind: string): string =>
  `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${kind}`;

const workloadSchema = z.object({
  metadata: metadataSchema,
  status: z.object({ availableReplicas: z.number().optional() }).nullish(),
});
const issuerSchema = z.object({ status: z.object({ conditions: conditionsSchema }).nullish() });

/** Whether cert-manager is there, or free to be installed, and whether a given issuer works. */
export const certManagerAspect: Aspect = { ...name, look };

async function look(view: ClusterView): Promise<readonly Finding[]> {
  const { client, layout, settings, signal } = view;
  if (layout.certManager === "unused") {
    return [skipped(name, `\`tls.mode: ${settings.tls.mode}\` needs no cert-manager`)];
  }
  const definition = await client.find(definitionPath("certificates.cert-manager.io"), definitionSchema, {
    signal,
  });
  if (layout.certManager === "installed") return [installedFinding(view, definition)];
  if (!definition) return [absentFinding(view)];
  if (!definition.spec.versions.some((version) => version.name === "v1" && version.served)) {
    const served = definition.spec.versions.map((version) => version.name).join(", ");
    return [failed(name, `it serves ${served}, but not v1`, "upgrade cert-manager to 1.0 or newer")];
  }
  return Promise.all([
    controllerFinding(view, definition.metadata.labels["app.kubernetes.io/version"]),
    ...(layout.givenIssuer ? [issuerFinding(view, layout.givenIssuer)] : []),
  ]);
}

function installedFinding(
  { layout: { certManagerRelease: own } }: ClusterView,
  definition: z.output<typeof definitionSchema> | undefined,
): Finding {
  if (!definition) return passed(name, "none is there yet");
  const owner = helmOwner(definition.metadata);
  if (owner?.release === own.name && owner.namespace === own.namespace) {
    return passed(name, "the one that is there is this installation's own");
  }
  return failed(
    name,
    `one is there already and belongs to ${ownerText(owner)}: two of them would fight`,
    setCommand("certManager.install", false),
  );
}

function absentFinding({ settings, layout }: ClusterView): Finding {
  const why = layout.givenIssuer
    ? `\`tls.mode: ${settings.tls.mode}\` names an issuer`
    : "`certManager.install` is false";
  const fix = layout.givenIssuer
    ? "install cert-manager and that issuer, or choose a `tls.mode` that installs them: acme, ca or selfSigned"
    : setCommand("certManager.install", true);
  return failed(name, `the cluster has none, and ${why}`, fix);
}

async function controllerFinding(view: ClusterView, version: string | undefined): Promise<Finding> {
  const { client, layout, settings, signal } = view;
  const { namespace } = layout.certManagerRelease;
  const what = `cert-manager ${version ?? "of unknown version"}`;
  const workloads = await client.list(`/apis/apps/v1/namespaces/${namespace}/deployments`, workloadSchema, {
    signal,
    labelSelector: "app.kubernetes.io/name=cert-manager",
  });
  const [controller] = workloads;
  if (!controller) {
    // Where a cluster issuer's Secret is looked for; other modes only need it to run somewhere.
    const matters = settings.tls.mode === "ca" || settings.tls.mode === "selfSigned";
    const reason = `${what} is there, but does not run in the namespace ${namespace}`;
    return matters
      ? failed(
          name,
          `${reason}, where the Secret of the CA would lie`,
          setCommand("certManager.namespace", "cert-manager"),
        )
      : passed(name, reason);
  }
  if ((controller.status?.availableReplicas ?? 0) > 0) return passed(name, `${what} runs in ${namespace}`);
  return failed(
    name,
    `${what} has no pod that is ready`,
    `see \`kubectl -n ${namespace} describe deployment ${controller.metadata.name}\``,
  );
}

async function issuerFinding(
  { client, layout, signal }: ClusterView,
  { kind, name: wanted }: { readonly kind: "ClusterIssuer" | "Issuer"; readonly name: string },
): Promise<Finding> {
  const { namespace } = layout.spacelift;
  const collection =
    kind === "ClusterIssuer"
      ? "/apis/cert-manager.io/v1/clusterissuers"
      : `/apis/cert-manager.io/v1/namespaces/${namespace}/issuers`;
  const issuer = await client.find(`${collection}/${wanted}`, issuerSchema, { signal });
  const what = `the ${kind} ${wanted}`;
  if (!issuer) {
    const others = await client.list(collection, z.object({ metadata: metadataSchema }), { signal });
    const known = others.map(({ metadata }) => metadata.name);
    const place = kind === "Issuer" ? ` in namespace ${namespace}` : "";
    return failed(
      issuerName,
      `${what} does not exist${place}; there ${known.length === 0 ? "is none" : `are ${known.join(", ")}`}`,
      known[0] === undefined ? `create ${what}${place}` : setCommand("tls.name", known[0]),
    );
  }
  const ready = issuer.status?.conditions.find(({ type }) => type === "Ready");
  if (ready?.status === "True") return passed(issuerName, `${what} is ready`);
  const why = ready?.message ?? "it says nothing about itself";
  const see = `see \`kubectl describe ${kind.toLowerCase()} ${wanted}${kind === "Issuer" ? ` -n ${namespace}` : ""}\``;
  return ready?.status === "False"
    ? failed(issuerName, `${what} is not ready: ${why}`, see)
    : warning(issuerName, `${what} is not known to be ready: ${why}`, see);
}
