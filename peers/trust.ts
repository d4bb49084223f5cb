import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { checkServerIdentity, type PeerCertificate, rootCertificates } from "node:tls";

/** Where systems keep their CAs in one file, in the order in which programs in Go look for them. */
const bundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
] as const;

/**
 * CAs that everybody trusts, and further ones: what a container of Spacelift trusts.
 *
 * @param given PEM texts
 */
export const publicCas = (...given: readonly string[]): readonly string[] => [...rootCertificates, ...given];

/**
 * The CAs of this machine as well, which an organisation may have added its own to: what Pulumi's providers trust here.
 * `SSL_CERT_FILE` names another bundle than the system's.
 */
export async function machineCas(
  env: Readonly<Record<string, string | undefined>>,
  ...given: readonly string[]
): Promise<readonly string[]> {
  const chosen = env["SSL_CERT_FILE"];
  for (const bundle of chosen === undefined ? bundles : [chosen]) {
    const text = await readFile(bundle, "utf8").catch(() => undefined);
    // Systems differ in which of the files they have; the public CAs are known in any case.
    if (text !== undefined) return [...publicCas(...given), text];
  }
  return publicCas(...given);
}

/**
 * Tells whether a certificate is for a host, as programs in Go do: the names of the subject alternative name count, the
 * common name does not. Services, providers and registries' clients are such programs.
 */
export function goServerIdentity(host: string, certificate: PeerCertificate): Error | undefined {
  const names = certificate.subjectaltname;
  if (names === undefined) {
    return identityError("without a subject alternative name: its common name does not count");
  }
  if (checkServerIdentity(host, certificate) === undefined) return undefined;
  const what = isIP(host) === 0 ? "the name" : "the address";
  return identityError(`for ${names}, not for ${what} ${host}`);
}

function identityError(reason: string): Error {
  return Object.assign(new Error(`certificate ${reason}`), { code: "ERR_TLS_CERT_ALTNAME_INVALID", reason });
}
