import { z } from "zod";
import { tlsSecretNames } from "../../components/spacelift/ingress";
import { setCommand } from "../../config/problems";
import { conditionsSchema, metadataSchema } from "../../kubernetes/values";
import { readTlsSecret, tlsSecretSchema } from "../../kubernetes/tls-secret";
import { dateOf } from "../../peers/time";
import { expiryFinding, type Finding, finding } from "../check";
import { ClusterCheck, type ClusterView, type Definition, findDefinition, isOwned, ownerText } from "./check";
import type { ClusterLayout } from "./layout";

/** Whether cert-manager is installed already, or free to be, and whether an existing issuer works. */
export const certManagerCheck = new ClusterCheck("cluster.cert-manager", "cert-manager", checkCertManager);

const issuerCheck = finding("cluster.issuer", "Issuer of the certificates");

const workloadSchema = z.object({
  metadata: metadataSchema,
  status: z.object({ availableReplicas: z.number().optional() }).nullish(),
});
const issuerSchema = z.object({ status: z.object({ conditions: conditionsSchema }).nullish() });

async function checkCertManager(view: ClusterView): Promise<readonly Finding[]> {
  const { layout, settings } = view;
  if (layout.certManager === "unused") {
    return [certManagerCheck.skipped(`\`tls.mode: ${settings.tls.mode}\` needs no cert-manager`)];
  }
  const definition = await findDefinition(view, "certificates.cert-manager.io");
  if (layout.certManager === "installed") return [newFinding(layout, definition)];
  if (!definition) return [absentFinding(view)];
  const { versions } = definition.spec;
  if (!versions.some(({ name, served }) => name === "v1" && served)) {
    const served = versions.map(({ name }) => name).join(", ");
    return [
      certManagerCheck.failed(`it serves ${served}, but not v1`, "upgrade cert-manager to 1.0 or newer"),
    ];
  }
  return Promise.all([
    findController(view, definition.metadata.labels["app.kubernetes.io/version"]),
    ...(layout.existingIssuer ? [findIssuer(view, layout.existingIssuer)] : []),
  ]);
}

function newFinding({ certManagerRelease }: ClusterLayout, definition: Definition | undefined): Finding {
  if (!definition) return certManagerCheck.passed("none is installed yet");
  return isOwned(definition.metadata, certManagerRelease)
    ? certManagerCheck.passed("the existing one is this installation's own")
    : certManagerCheck.failed(
        `one exists already and belongs to ${ownerText(definition.metadata)}: two of them would conflict`,
        setCommand("certManager.install", false),
      );
}

const absentFinding = ({ settings: { tls }, layout }: ClusterView): Finding =>
  layout.existingIssuer
    ? certManagerCheck.failed(
        `the cluster has none, and \`tls.mode: ${tls.mode}\` names an issuer`,
        "install cert-manager and that issuer, or choose a `tls.mode` that installs them: acme, ca or selfSigned",
      )
    : certManagerCheck.failed(
        "the cluster has none, and `certManager.install` is false",
        setCommand("certManager.install", true),
      );

async function findController(view: ClusterView, version = "of unknown version"): Promise<Finding> {
  const { client, layout, settings, signal } = view;
  const { namespace } = layout.certManagerRelease;
  const what = `cert-manager ${version}`;
  const [controller] = await client.list(
    `/apis/apps/v1/namespaces/${namespace}/deployments`,
    workloadSchema,
    {
      signal,
      labelSelector: "app.kubernetes.io/name=cert-manager",
    },
  );
  if (!controller) {
    const reason = `${what} is installed, but does not run in the namespace ${namespace}`;
    // Where a cluster issuer's Secret is looked for; other modes only need it to run somewhere.
    return settings.tls.mode === "ca" || settings.tls.mode === "selfSigned"
      ? certManagerCheck.failed(
          `${reason}, where the Secret of the CA would be`,
          setCommand("certManager.namespace", "cert-manager"),
        )
      : certManagerCheck.passed(reason);
  }
  return (controller.status?.availableReplicas ?? 0) > 0
    ? certManagerCheck.passed(`${what} runs in ${namespace}`)
    : certManagerCheck.failed(
        `${what} has no pod that is ready`,
        `see \`kubectl -n ${namespace} describe deployment ${controller.metadata.name}\``,
      );
}

async function findIssuer(
  { client, layout, signal }: ClusterView,
  { kind, name }: NonNullable<ClusterLayout["existingIssuer"]>,
): Promise<Finding> {
  const { namespace } = layout.spacelift;
  const isNamespaced = kind === "Issuer";
  const place = isNamespaced ? ` in namespace ${namespace}` : "";
  const collection = isNamespaced
    ? `/apis/cert-manager.io/v1/namespaces/${namespace}/issuers`
    : "/apis/cert-manager.io/v1/clusterissuers";
  const what = `the ${kind} ${name}`;
  const issuer = await client.find(`${collection}/${name}`, issuerSchema, { signal });
  if (!issuer) {
    const others = await client.list(collection, z.object({ metadata: metadataSchema }), { signal });
    const known = others.map(({ metadata }) => metadata.name);
    return issuerCheck.failed(
      `${what} does not exist${place}; there ${known.length === 0 ? "is none" : `are ${known.join(", ")}`}`,
      known[0] === undefined ? `create ${what}${place}` : setCommand("tls.name", known[0]),
    );
  }
  const ready = issuer.status?.conditions.find(({ type }) => type === "Ready");
  if (ready?.status === "True") return issuerCheck.passed(`${what} is ready`);
  const why = ready?.message ?? "it has no status";
  const fix = `see \`kubectl describe ${kind.toLowerCase()} ${name}${isNamespaced ? ` -n ${namespace}` : ""}\``;
  return ready?.status === "False"
    ? issuerCheck.failed(`${what} is not ready: ${why}`, fix)
    : issuerCheck.warning(`${what} is not known to be ready: ${why}`, fix);
}

/** Whether the Secrets that `tls.mode: existingSecret` counts on exist and fit. */
export const tlsSecretsCheck = new ClusterCheck("cluster.tls-secrets", "TLS Secrets", checkTlsSecrets);

async function checkTlsSecrets(view: ClusterView): Promise<readonly Finding[]> {
  const { tls, domain, vcsGateway } = view.settings;
  if (tls.mode !== "existingSecret") {
    return [tlsSecretsCheck.skipped(`\`tls.mode: ${tls.mode}\` creates the TLS Secrets`)];
  }
  return Promise.all([
    findTlsSecret(view, tlsSecretNames.server, domain),
    ...(vcsGateway ? [findTlsSecret(view, tlsSecretNames.vcsGateway, vcsGateway.domain)] : []),
  ]);
}

async function findTlsSecret(view: ClusterView, name: string, host: string): Promise<Finding> {
  const { client, layout, signal, now } = view;
  const { namespace } = layout.spacelift;
  const check = finding(`${tlsSecretsCheck.id}.${name}`, `TLS Secret ${name}`);
  const found = await client.find(`/api/v1/namespaces/${namespace}/secrets/${name}`, tlsSecretSchema, {
    signal,
  });
  const create = `\`kubectl -n ${namespace} create secret tls ${name} --cert tls.pem --key tls.key\``;
  const what = `the Secret ${namespace}/${name}`;
  if (!found) return check.failed(`${what} does not exist`, `run ${create}`);
  const content = readTlsSecret(found);
  const fix = `delete it and run ${create}`;
  if ("problem" in content) return check.failed(`${what} ${content.problem}`, fix);
  const { names, validFrom, validTo, isFor } = content.secret;
  const certificate = `the certificate in ${what}`;
  if (!isFor(host)) {
    const list = names.length === 0 ? "no name" : names.join(", ");
    return check.failed(`${certificate} is made out to ${list}, not to ${host}`, fix);
  }
  if (validFrom > now()) {
    return check.failed(`${certificate} is not valid before ${dateOf(validFrom)}`, fix);
  }
  return expiryFinding(check, {
    what: certificate,
    end: validTo,
    now: now(),
    fix,
    valid: `${certificate} is for ${host} and valid until ${dateOf(validTo)}`,
  });
}
