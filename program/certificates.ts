import type * as pulumi from "@pulumi/pulumi";
import { CertManager } from "../components/cluster/cert-manager";
import { Issuer, type IssuerKind, letsEncrypt } from "../components/cluster/issuer";
import type { Kept, Platform } from "../components/platform/platform";
import type { Certificates } from "../components/spacelift/ingress";
import type { Configuration } from "../config/load";
import type { Ingress } from "./ingress";
import { clusterOptions } from "./platform";
import { required } from "../config/problems";

/** The certificates, and what their Ingresses must not outlive. */
export interface ProvidedCertificates {
  readonly certificates: Certificates;
  readonly ready: readonly pulumi.Resource[];
  /** What a destroy leaves behind. */
  readonly kept: readonly Kept[];
}

/** Installs cert-manager and an issuer where the TLS mode needs them. */
export function createCertificates(
  configuration: Configuration,
  platform: Platform,
  ingress: Ingress,
): ProvidedCertificates {
  const { tls } = configuration.settings;
  const { secrets, files } = configuration;
  switch (tls.mode) {
    case "acme":
      return issue(configuration, platform, ingress, {
        type: "acme",
        email: tls.email,
        server: tls.server ?? letsEncrypt[tls.environment],
        ingressClassName: ingress.className,
        stagingBeside: tls.stagingIssuer,
        ...(tls.challenge === "dns01" && {
          dns01: required(platform.dns?.challenge, "aks.dns.zoneId").solver,
        }),
      });
    case "ca":
      return issue(configuration, platform, ingress, {
        type: "ca",
        certificate: required(files.tlsCertificate, "tls.certificate"),
        privateKey: required(secrets.caPrivateKey, "caPrivateKey"),
      });
    case "selfSigned":
      return issue(configuration, platform, ingress, {
        type: "selfSigned",
        commonName: `Spacelift ${configuration.settings.domain}`.slice(0, 64),
      });
    case "existingIssuer":
      return {
        certificates: { type: "existingIssuer", kind: tls.kind, name: tls.name },
        ready: [],
        kept: [],
      };
    case "provided":
      return {
        certificates: {
          type: "provided",
          certificate: required(files.tlsCertificate, "tls.certificate"),
          privateKey: required(secrets.tlsPrivateKey, "tlsPrivateKey"),
        },
        ready: [],
        kept: [],
      };
    case "existingSecret":
      return { certificates: { type: "existingSecret" }, ready: [], kept: [] };
  }
}

function issue(
  { settings }: Configuration,
  platform: Platform,
  ingress: Ingress,
  kind: IssuerKind,
): ProvidedCertificates {
  const { certManager: options, charts } = settings;
  const opts = clusterOptions(platform);
  const certManager = options.install
    ? new CertManager(
        "cert-manager",
        {
          namespace: options.namespace,
          createNamespace: options.createNamespace,
          namespaceLabels: platform.kubernetes.namespaceLabels,
          ...(platform.kubernetes.access && { access: platform.kubernetes.access }),
          chart: charts.certManager,
          // Only a controller of the operator's: the one this program installs accepts the paths.
          avoidExactPaths: ingress.software === "ingress-nginx" && ingress.ready.length === 0,
          ...(platform.dns?.challenge && { identity: platform.dns.challenge.identity }),
          helmValues: options.helmValues,
        },
        opts,
      )
    : undefined;
  const issuer = new Issuer(
    "issuer",
    {
      kind,
      certManagerNamespace: certManager?.namespace ?? options.namespace,
      certManagerReady: certManager ? [certManager.release] : [],
    },
    opts,
  );
  return {
    certificates: { type: "clusterIssuer", name: issuer.issuerName },
    ready: certManager ? [certManager.release] : [],
    kept: certManager?.kept ?? [],
  };
}
