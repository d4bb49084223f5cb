import * as apiextensions from "@pulumi/kubernetes/apiextensions";
import * as core from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import { SpaceliftComponent } from "../component";
import type { SecretString } from "../platform/platform";

/** Directory URLs of Let's Encrypt. */
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
    }
  | { readonly type: "ca"; readonly certificate: string; readonly privateKey: SecretString }
  | { readonly type: "selfSigned"; readonly commonName: string };

/** Arguments of {@link Issuer}. */
export interface IssuerArgs {
  readonly kind: IssuerKind;
  /** Namespace in which cert-manager looks for the Secrets of cluster issuers. */
  readonly certManagerNamespace: pulumi.Input<string>;
  /** What must be up before an issuer is accepted: the CRDs and the webhook. */
  readonly certManagerReady: readonly pulumi.Resource[];
}

const apiVersion = "cert-manager.io/v1";
const issuerName = "spacelift";

/** The cluster issuer that signs the certificates of Spacelift's Ingresses. */
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
        return this.clusterIssuer("issuer", issuerName, args, {
          acme: {
            email: kind.email,
            server: kind.server,
            privateKeySecretRef: { name: `${issuerName}-acme-account` },
            solvers: [
              kind.dns01
                ? { dns01: kind.dns01 }
                : { http01: { ingress: { ingressClassName: kind.ingressClassName } } },
            ],
          },
        });
      case "ca": {
        const secret = new core.Secret(
          this.child("ca"),
          {
            metadata: { name: `${issuerName}-ca`, namespace: args.certManagerNamespace },
            type: "kubernetes.io/tls",
            stringData: { "tls.crt": kind.certificate, "tls.key": kind.privateKey },
          },
          { parent: this },
        );
        return this.clusterIssuer("issuer", issuerName, args, { ca: { secretName: secret.metadata.name } });
      }
      case "selfSigned":
        return this.selfSigned(args, kind.commonName);
    }
  }

  /** A CA that signs itself, so that there is one certificate to trust however often those of the hosts are renewed. */
  private selfSigned(args: IssuerArgs, commonName: string): apiextensions.CustomResource {
    const root = this.clusterIssuer("root", `${issuerName}-root`, args, { selfSigned: {} });
    const secretName = `${issuerName}-ca`;
    const certificate = new apiextensions.CustomResource(
      this.child("ca-certificate"),
      {
        apiVersion,
        kind: "Certificate",
        metadata: { name: secretName, namespace: args.certManagerNamespace },
        spec: {
          isCA: true,
          commonName,
          secretName,
          duration: "87600h",
          privateKey: { algorithm: "ECDSA", size: 256 },
          issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: root.metadata.name },
        },
      },
      { parent: this },
    );
    return this.clusterIssuer("issuer", issuerName, args, { ca: { secretName: certificate.metadata.name } });
  }

  private clusterIssuer(
    role: string,
    name: string,
    args: IssuerArgs,
    spec: Record<string, unknown>,
  ): apiextensions.CustomResource {
    return new apiextensions.CustomResource(
      this.child(role),
      { apiVersion, kind: "ClusterIssuer", metadata: { name }, spec },
      { parent: this, dependsOn: [...args.certManagerReady] },
    );
  }
}
