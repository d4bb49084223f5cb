import { X509Certificate, createPrivateKey } from "node:crypto";
import { z } from "zod";
import { decoded } from "./credentials";
import { stringMap } from "./values";

/** A Secret with its contents. To be read for a TLS Secret alone, and not to be kept. */
export const tlsSecretSchema = z.object({ type: z.string().optional(), data: stringMap });

/** What a TLS Secret holds; never the key. */
export interface TlsSecret {
  /** Names that the certificate is made out to. */
  readonly names: readonly string[];
  readonly issuer: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  /** Whether it is valid for a host name. */
  readonly isFor: (host: string) => boolean;
  /** The authority that signed it, PEM, where the Secret says so. */
  readonly authority?: string;
}

/** What is in a TLS Secret, or what is wrong with it. */
export type TlsSecretContent = { readonly secret: TlsSecret } | { readonly problem: string };

/** Looks into a TLS Secret. Problems name no content. */
export function readTlsSecret({ type, data }: z.output<typeof tlsSecretSchema>): TlsSecretContent {
  if (type !== "kubernetes.io/tls")
    return { problem: `is of type ${type ?? "Opaque"}, not kubernetes.io/tls` };
  const chain = decoded(data["tls.crt"]);
  const key = decoded(data["tls.key"]);
  if (chain === undefined) return { problem: "has no tls.crt" };
  if (key === undefined) return { problem: "has no tls.key" };
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(chain);
  } catch {
    // OpenSSL's words name byte offsets.
    return { problem: "has a tls.crt that is no PEM certificate" };
  }
  const mismatch = keyProblem(certificate, key);
  if (mismatch !== undefined) return { problem: mismatch };
  const authority = decoded(data["ca.crt"]);
  const names = (certificate.subjectAltName ?? "")
    .split(", ")
    .map((entry) => entry.replace(/^(?:DNS|IP Address):/, ""))
    .filter((entry) => entry !== "");
  return {
    secret: {
      names,
      issuer: certificate.issuer.replaceAll("\n", ", "),
      validFrom: new Date(certificate.validFrom),
      validTo: new Date(certificate.validTo),
      // Browsers do not look at the common name any more.
      isFor: (host) => certificate.checkHost(host, { subject: "never" }) !== undefined,
      ...(authority !== undefined && { authority }),
    },
  };
}

function keyProblem(certificate: X509Certificate, key: string): string | undefined {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key))
      ? undefined
      : "has a tls.key that does not belong to its tls.crt";
  } catch {
    // The error of a key says nothing that may be shown.
    return "has a tls.key that is no unencrypted PEM key";
  }
}
