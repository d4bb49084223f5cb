import { z } from "zod";
import { tlsSecretNames } from "../../components/spacelift/ingress";
import type { Settings } from "../../config/settings";
import { isKubeError } from "../../kubernetes/kube-error";
import { conditionsSchema, metadataSchema } from "../../kubernetes/values";
import { readTlsSecret, tlsSecretSchema } from "../../kubernetes/tls-secret";
import { daysBetween } from "../../peers/time";
import type { ClusterReader } from "./cluster-reader";
import type { CertificateStatus } from "./report";

const certificateSchema = z.object({
  spec: z.object({ secretName: z.string() }),
  status: z.object({ conditions: conditionsSchema, renewalTime: z.string().optional() }).nullish(),
});
const challengeSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({ dnsName: z.string(), type: z.string() }),
  status: z.object({ state: z.string().optional(), reason: z.string().optional() }).nullish(),
});
type Certificate = z.output<typeof certificateSchema>;
type Challenge = z.output<typeof challengeSchema>;

/** Certificates, and the authorities that their Secrets name, PEM: what a client must trust. */
export interface ReadCertificates {
  readonly statuses: readonly CertificateStatus[];
  readonly authorities: readonly string[];
}

/** Reads the TLS Secrets of the hosts, and what cert-manager says about them where it is installed. */
export async function readCertificates(
  reader: ClusterReader,
  settings: Pick<Settings, "domain" | "vcsGateway">,
  { now, signal }: { readonly now: Date; readonly signal: AbortSignal },
): Promise<ReadCertificates> {
  const { client, namespace } = reader;
  const [certificates, challenges] = await Promise.all([
    listed(
      client.list(`/apis/cert-manager.io/v1/namespaces/${namespace}/certificates`, certificateSchema, {
        signal,
      }),
    ),
    listed(
      client.list(`/apis/acme.cert-manager.io/v1/namespaces/${namespace}/challenges`, challengeSchema, {
        signal,
      }),
    ),
  ]);
  const wanted = [
    { host: settings.domain, secretName: tlsSecretNames.server },
    ...(settings.vcsGateway
      ? [{ host: settings.vcsGateway.domain, secretName: tlsSecretNames.vcsGateway }]
      : []),
  ];
  const read = await Promise.all(
    wanted.map(async ({ host, secretName }) => {
      const path = `/api/v1/namespaces/${namespace}/secrets/${secretName}`;
      const secret = await client.find(path, tlsSecretSchema, { signal });
      const content = secret ? readTlsSecret(secret) : { problem: "does not exist" };
      const known = "secret" in content ? content.secret : undefined;
      const certificate = certificates.find(({ spec }) => spec.secretName === secretName);
      const status: CertificateStatus = {
        host,
        secretName,
        ...(known && {
          certificate: {
            issuer: known.issuer,
            names: known.names,
            validTo: known.validTo.toISOString(),
            daysLeft: daysBetween(now, known.validTo),
          },
        }),
        ...(certificate && { certManager: certManagerStatus(certificate) }),
        challenges: challenges.filter(({ spec }) => spec.dnsName === host).map(challengeText),
        ...("problem" in content && { problem: content.problem }),
        ...(known && !known.isFor(host) && { problem: `is made out to ${known.names.join(", ")}` }),
      };
      return { status, authority: known?.authority };
    }),
  );
  return {
    statuses: read.map(({ status }) => status),
    authorities: read.flatMap(({ authority }) => authority ?? []),
  };
}

/** Without cert-manager there is nothing of the kind; without the right to see it, the Secrets tell enough. */
async function listed<T>(listing: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await listing;
  } catch (error) {
    if (isKubeError(error, "missing", "forbidden")) return [];
    throw error;
  }
}

function certManagerStatus({ status }: Certificate): NonNullable<CertificateStatus["certManager"]> {
  const ready = status?.conditions.find(({ type }) => type === "Ready");
  const isReady = ready?.status === "True";
  return {
    ready: isReady,
    ...(status?.renewalTime !== undefined && { renewalAt: status.renewalTime }),
    ...(!isReady && ready?.message !== undefined && { message: ready.message }),
  };
}

const challengeText = ({ spec, status }: Challenge): string =>
  `${spec.type.toLowerCase()} ${status?.state ?? "new"}${status?.reason === undefined ? "" : `: ${status.reason}`}`;
