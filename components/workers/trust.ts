import { rootCertificates } from "node:tls";

/** Where certificates to trust are mounted: the folder the controller's image reads (`*.pem`), and ours in runs. */
export const trustedCasDirectory = "/opt/spacelift/certs";

export const trustedCasVolume = "trusted-cas";

const ownFile = "trusted-cas.pem";
const bundleFile = "ca-bundle.crt";

/** Content of the controller's ConfigMap, which adds the certificates (PEM) to those of its image. */
export const controllerTrust = (rootCas: readonly string[]): Record<string, string> => ({
  [ownFile]: rootCas.join(""),
});

/**
 * Content of the runs' ConfigMap: the certificates (PEM), and a bundle of them and the public ones. Most tools take one
 * file in place of the system's, which would leave a run without the public ones; and nobody can tell what a stack's
 * image brings, or whether it has a shell to put a bundle together. So the public ones are those of Node.js (Mozilla's
 * list), some 220 KB. Kubernetes takes a ConfigMap of 1 MiB; `rootCas` is limited accordingly.
 */
export const runTrust = (
  rootCas: readonly string[],
  publicRoots: readonly string[] = rootCertificates,
): Record<string, string> => ({
  ...controllerTrust(rootCas),
  [bundleFile]: [...publicRoots.map((pem) => `${pem.trimEnd()}\n`), ...rootCas].join(""),
});

/**
 * Variables by which the usual tools find the certificates in a run. Go and OpenSSL go on reading the folder of the
 * image, too, whatever the bundle lacks of it.
 *
 * @param directory where the content of {@link runTrust} is
 */
export function trustVariables(directory = trustedCasDirectory): Readonly<Record<string, string>> {
  const bundle = `${directory}/${bundleFile}`;
  return {
    // Go, OpenSSL, and through it Python, Ruby and others.
    SSL_CERT_FILE: bundle,
    GIT_SSL_CAINFO: bundle,
    CURL_CA_BUNDLE: bundle,
    // Python's requests, and so the Azure CLI.
    REQUESTS_CA_BUNDLE: bundle,
    AWS_CA_BUNDLE: bundle,
    // Node.js adds these to its own.
    NODE_EXTRA_CA_CERTS: `${directory}/${ownFile}`,
  };
}
