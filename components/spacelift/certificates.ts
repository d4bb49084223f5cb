import type { Input, Output } from "@pulumi/pulumi";
import type { SecretString } from "../platform/platform";

/** Names of the TLS Secrets, fixed by the chart. */
export const tlsSecretNames = { server: "cert", vcsGateway: "vcs-gateway-cert" } as const;

/** Where the certificates of the Ingresses come from. */
export type Certificates =
  | { readonly type: "clusterIssuer"; readonly name: Output<string> }
  | { readonly type: "existingIssuer"; readonly kind: "ClusterIssuer" | "Issuer"; readonly name: string }
  | { readonly type: "provided"; readonly certificate: string; readonly privateKey: SecretString }
  | { readonly type: "existingSecret" };

/** The annotations that make cert-manager issue the certificate of an Ingress. */
export function issuerAnnotations(certificates: Certificates): Readonly<Record<string, Input<string>>> {
  switch (certificates.type) {
    case "clusterIssuer":
      return { "cert-manager.io/cluster-issuer": certificates.name };
    case "existingIssuer":
      return certificates.kind === "ClusterIssuer"
        ? { "cert-manager.io/cluster-issuer": certificates.name }
        : { "cert-manager.io/issuer": certificates.name };
    case "provided":
    case "existingSecret":
      return {};
  }
}
