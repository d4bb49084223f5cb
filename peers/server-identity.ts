import { isIP } from "node:net";
import { type PeerCertificate, checkServerIdentity } from "node:tls";

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
