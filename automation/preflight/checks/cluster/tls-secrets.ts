import { tlsSecretNames } from "../../../../components/spacelift/certificates";
import { type TlsSecret, readTlsSecret, tlsSecretSchema } from "../../../../kubernetes/tls-secret";
import { dateOf, daysBetween } from "../../../../peers/days";
import { failed, type Finding, type FindingName, passed, skipped, warning } from "../../check";
import type { Aspect, ClusterView } from "./aspect";

const name = { id: "cluster.tls-secrets", title: "TLS Secrets" };
const SOON_DAYS = 14;

/** Whether the Secrets that `tls.mode: existingSecret` counts on are there and fit. */
export const tlsSecretsAspect: Aspect = { ...name, look };

async function look(view: ClusterView): Promise<readonly Finding[]> {
  const { settings } = view;
  const { mode } = settings.tls;
  if (mode !== "existingSecret") return [skipped(name, `\`tls.mode: ${mode}\` makes the TLS Secrets`)];
  const wanted = [
    { secret: tlsSecretNames.server, host: settings.domain },
    ...(settings.vcsGateway ? [{ secret: tlsSecretNames.vcsGateway, host: settings.vcsGateway.domain }] : []),
  ];
  return Promise.all(wanted.map(({ secret, host }) => secretFinding(view, secret, host)));
}

async function secretFinding(view: ClusterView, secret: string, host: string): Promise<Finding> {
  const { client, layout, signal, now } = view;
  const { namespace } = layout.spacelift;
  const own = { id: `${name.id}.${secret}`, title: `TLS Secret ${secret}` };
  const path = `/api/v1/namespaces/${namespace}/secrets/${secret}`;
  const found = await client.find(path, tlsSecretSchema, { signal });
  const create = `\`kubectl -n ${namespace} create secret tls ${secret} --cert tls.pem --key tls.key\``;
  const what = `the Secret ${namespace}/${secret}`;
  if (!found) return failed(own, `${what} does not exist`, `run ${create}`);
  const content = readTlsSecret(found);
  const renew = `delete it and run ${create}`;
  if ("problem" in content) return failed(own, `${what} ${content.problem}`, renew);
  return contentFinding({ ...content.secret, what, renew }, own, host, now());
}

interface FoundSecret extends TlsSecret {
  /** What it is called in messages. */
  readonly what: string;
  /** How it is made anew. */
  readonly renew: string;
}

function contentFinding(secret: FoundSecret, own: FindingName, host: string, now: Date): Finding {
  const { what, renew } = secret;
  if (!secret.isFor(host)) {
    const names = secret.names.length === 0 ? "no name" : secret.names.join(", ");
    return failed(own, `the certificate in ${what} is made out to ${names}, not to ${host}`, renew);
  }
  if (secret.validTo <= now) {
    return failed(own, `the certificate in ${what} expired on ${dateOf(secret.validTo)}`, renew);
  }
  if (secret.validFrom > now) {
    return failed(own, `the certificate in ${what} is not valid before ${dateOf(secret.validFrom)}`, renew);
  }
  const days = daysBetween(now, secret.validTo);
  return days < SOON_DAYS
    ? warning(own, `the certificate in ${what} expires in ${days} days, on ${dateOf(secret.validTo)}`, renew)
    : passed(own, `the certificate in ${what} is for ${host} and valid until ${dateOf(secret.validTo)}`);
}
