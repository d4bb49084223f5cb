const certificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * The value of `ADDITIONAL_ROOT_CAS`: base64 of JSON that lists base64 PEMs. One entry per certificate, as the services
 * refuse to start over an entry they cannot decode.
 *
 * @param chains PEM texts, each with one or more certificates
 */
export function additionalRootCas(chains: readonly string[]): string {
  const certificates = chains.flatMap((chain) => chain.match(certificate) ?? []);
  const encoded = certificates.map((pem) => Buffer.from(`${pem}\n`, "utf8").toString("base64"));
  return Buffer.from(JSON.stringify({ caCertificates: encoded }), "utf8").toString("base64");
}
