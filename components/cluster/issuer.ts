import * as apiextensions from "@pulumi/kubernetes/apiextensions";
import * as core from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import { SpaceliftComponent } from "../component";
import type { SecretString } from "../platform/platform";

export const letsEncrypt = {
  production: "https://acme-v02.api.letsencrypt.org/directory",
  staging: "https://acme-staging-v02.api.letsencrypt.org/directory",
} as const;

/** Who signs the certificates. */
export type IssuerKind =
  | {
      readonly type: "acme";
      readonly email: string;
      /** Directory URL of the ACME server. */
      readonly server: string;
      /** Class of the Ingress that answers HTTP-01 challenges. */
      readonly ingressClassName: pulumi.Input<string>;
      /** Solver of DNS-01 challenges, instead of HTTP-01. */
      readonly dns01?: Readonly<Record<string, pulumi.Input<unknown>>>;
      /** Create the issuer of Let's Encrypt's staging environment as well, for certificates to try. @default false */
      readonly stagingBeside?: boolean;
    }
  | { readonly type: "ca"; readonly certificate: string; readonly privateKey: SecretString }
  | { readonly type: "selfSigned"; readonly commonName: string };

export interface IssuerArgs {
  readonly kind: IssuerKind;
  /** Namespace in which cert-manager looks for the Secrets of cluster issuers. */
  readonly certManagerNamespace: pulumi.Input<string>;
  /** What must be up before an issuer is accepted: the CRDs and the webhook. */
  readonly certManagerReady: readonly pulumi.Resource[];
}

const apiVersion = "cert-manager.io/v1";

/**
 * Name of a cluster issuer: it says who signs. cert-manager issues a certificate anew when its issuer's name, kind or
 * group changes and not when the same issuer signs by other means (SecretIssuerAnnotationsMismatch in
 * internal/controller/certificates/policies/checks.go), so each signer has a name of its own.
 */
export function issuerName(kind: IssuerKind): string {
  switch (kind.type) {
    case "acme":
      return `spacelift-${acmeSigner(kind.server)}`;
    case "ca":
      return "spacelift-ca";
    case "selfSigned":
      return "spacelift-self-signed";
  }
}

function acmeSigner(server: string): string {
  if (server === letsEncrypt.production) return "letsencrypt";
  if (server === letsEncrypt.staging) return "letsencrypt-staging";
  const { host } = new URL(server);
  return `acme-${host.replaceAll(/[^a-z0-9.]+/g, "-").replaceAll(/^[-.]+|[-.]+$/g, "")}`;
}

type AcmeKind = Extract<IssuerKind, { type: "acme" }>;

/**
 * The cluster issuer that signs the certificates of Spacelift's Ingresses. Another signer is another resource: it is
 * created and in use before the one it follows goes.
 */
export class Issuer extends SpaceliftComponent {
  /** Name of the ClusterIssuer, for the annotation of an Ingress. */
  readonly issuerName: pulumi.Output<string>;

  constructor(name: string, args: IssuerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:cluster:Issuer", name, opts);
    const issuer = this.createIssuer(args);
    this.issuerName = issuer.metadata.name;
    this.registerOutputs();
  }

  private createIssuer(args: IssuerArgs): apiextensions.CustomResource {
    const { kind } = args;
    switch (kind.type) {
      case "acme":
        if (kind.stagingBeside === true && kind.server !== letsEncrypt.staging)
          this.acme(args, { ...kind, server: letsEncrypt.staging });
        return this.acme(args, kind);
      case "ca": {
        const secret = new core.Secret(
          this.child("ca"),
          {
            // Not the Secret that cert-manager keeps its own CA in: a switch would take that away.
            metadata: { name: "spacelift-ca-key-pair", namespace: args.certManagerNamespace },
            type: "kubernetes.io/tls",
            stringData: { "tls.crt": kind.certificate, "tls.key": kind.privateKey },
          },
          { parent: this },
        );
        return this.clusterIssuer(issuerName(kind), args, { ca: { secretName: secret.metadata.name } });
      }
      case "selfSigned":
        return this.selfSigned(args, kind);
    }
  }

  private acme(args: IssuerArgs, kind: AcmeKind): apiextensions.CustomResource {
    const name = issuerName(kind);
    const solver = kind.dns01
      ? { dns01: kind.dns01 }
      : { http01: { ingress: { ingressClassName: kind.ingressClassName } } };
    return this.clusterIssuer(name, args, {
      acme: {
        email: kind.email,
        server: kind.server,
        privateKeySecretRef: { name: `${name}-account` },
        solvers: [solver],
      },
    });
  }

  /** A CA that signs itself, so that there is one certificate to trust however often those of the hosts are renewed. */
  private selfSigned(
    args: IssuerArgs,
    kind: Extract<IssuerKind, { type: "selfSigned" }>,
  ): apiextensions.CustomResource {
    // The names of the root and of the CA's Secret are for good: with either, the CA would be another one.
    const root = this.clusterIssuer("spacelift-root", args, { selfSigned: {} });
    const secretName = "spacelift-ca";
    const certificate = new apiextensions.CustomResource(
      this.child("ca-certificate"),
      {
        apiVersion,
        kind: "Certificate",
        metadata: { name: secretName, namespace: args.certManagerNamespace },
        spec: {
          isCA: true,
          commonName: kind.commonName,
          secretName,
          duration: "87600h",
          privateKey: { algorithm: "ECDSA", size: 256 },
          issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: root.metadata.name },
        },
      },
      { parent: this },
    );
    return this.clusterIssuer(issuerName(kind), args, { ca: { secretName: certificate.metadata.name } });
  }

  private clusterIssuer(
    name: string,
    args: IssuerArgs,
    spec: Record<string, unknown>,
  ): apiextensions.CustomResource {
    return new apiextensions.CustomResource(
      this.child(name === "spacelift-root" ? "root" : `${name.slice("spacelift-".length)}-issuer`),
      { apiVersion, kind: "ClusterIssuer", metadata: { name }, spec },
      { parent: this, dependsOn: [...args.certManagerReady] },
    );
  }
}
