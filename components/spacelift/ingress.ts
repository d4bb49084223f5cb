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

/** Software that answers for an ingress class. */
export type IngressSoftware = "traefik" | "ingress-nginx" | "other";

/** What makes an Ingress and its Service carry gRPC. */
export interface GrpcAnnotations {
  readonly ingress: Readonly<Record<string, string>>;
  readonly service: Readonly<Record<string, string>>;
}

/** How long nginx waits for the next message of a stream before it cuts it, in seconds. */
export const grpcIdleSeconds = "3600";

/**
 * The annotations with which a controller speaks gRPC to the VCS gateway and leaves the agents' long streams alone.
 * Nothing for other controllers: the operator says it.
 */
export function grpcAnnotations(software: IngressSoftware): GrpcAnnotations {
  switch (software) {
    case "traefik":
      return { ingress: {}, service: { "traefik.ingress.kubernetes.io/service.serversscheme": "h2c" } };
    case "ingress-nginx":
      return {
        ingress: {
          "nginx.ingress.kubernetes.io/backend-protocol": "GRPC",
          "nginx.ingress.kubernetes.io/ssl-redirect": "true",
          "nginx.ingress.kubernetes.io/proxy-body-size": "0",
          "nginx.ingress.kubernetes.io/proxy-read-timeout": grpcIdleSeconds,
          "nginx.ingress.kubernetes.io/proxy-send-timeout": grpcIdleSeconds,
        },
        service: {},
      };
    case "other":
      return { ingress: {}, service: {} };
  }
}
