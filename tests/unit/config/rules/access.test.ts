import { configured } from "../../../support/configurations";
import { rejects, wrongFrom } from "../../../support/wrong-configurations";

const wrong = wrongFrom(configured);

describe("rules of the ways in", () => {
  rejects([
    wrong(
      "no TLS mode",
      { tls: undefined },
      '`spacelift:tls`: is missing; put `spacelift:tls: {"mode":"acme","email":"platform@example.com"}` into the stack file',
    ),
    wrong(
      "an unknown TLS mode",
      { tls: { mode: "letsencrypt" } },
      '`spacelift:tls.mode`: must be one of acme, ca, selfSigned, existingIssuer, provided, existingSecret, got "letsencrypt"; run `pulumi config set --path spacelift:tls.mode acme`',
    ),
    wrong(
      "an ACME account without e-mail",
      { tls: { mode: "acme", email: undefined } },
      "`spacelift:tls.email`: is missing; run `pulumi config set --path spacelift:tls.email platform@example.com`",
    ),
    wrong(
      "a CA without its key",
      { tls: { mode: "ca", email: undefined, certificate: "./ca.pem" } },
      "`spacelift:caPrivateKey`: is missing: it is the key of `tls.certificate`; run `pulumi config set --secret spacelift:caPrivateKey < ca.key`",
    ),
    wrong(
      "Let's Encrypt's staging issuer beside another ACME server's",
      { tls: { stagingIssuer: true, server: "https://ca.example.com/directory" } },
      "`spacelift:tls.stagingIssuer`: contradicts `tls.server`: it is of Let's Encrypt alone; run `pulumi config rm --path spacelift:tls.stagingIssuer`",
    ),
    wrong(
      "an environment of another ACME server",
      { tls: { environment: "staging", server: "https://ca.example.com/directory" } },
      "`spacelift:tls.environment`: contradicts `tls.server`: it is of Let's Encrypt alone; run `pulumi config rm --path spacelift:tls.environment`",
    ),
    wrong(
      "a given TLS Secret in a namespace that is yet to be made",
      { tls: { mode: "existingSecret", email: undefined } },
      "`spacelift:tls.mode`: `existingSecret` needs the Secret `cert` in the namespace beforehand, which contradicts making the namespace; run `pulumi config set --path spacelift:namespace.create false`, or use `tls.mode: provided`",
    ),
    wrong(
      "an existing controller without its class",
      { ingress: { className: undefined } },
      "`spacelift:ingress.className`: is missing: with an existing controller, it says which one answers; run `pulumi config set --path spacelift:ingress.className nginx`",
    ),
    wrong(
      "values for a controller that is not installed",
      { ingress: { helmValues: { a: 1 } } },
      "`spacelift:ingress.helmValues`: has no use: the existing controller is not installed by this program; run `pulumi config rm --path spacelift:ingress.helmValues`",
    ),
    wrong(
      "an existing namespace for a controller that is not installed",
      { ingress: { createNamespace: false } },
      "`spacelift:ingress.createNamespace`: has no use: the existing controller is not installed by this program; run `pulumi config rm --path spacelift:ingress.createNamespace`",
    ),
    wrong(
      "a kind for a controller that is installed",
      { ingress: { mode: "traefik", controller: "traefik" } },
      "`spacelift:ingress.controller`: contradicts `ingress.mode: traefik`, which says what the controller is; run `pulumi config rm --path spacelift:ingress.controller`",
    ),
    wrong(
      "a VCS gateway behind a controller nobody knows",
      { vcsGateway: { domain: "vcs.example.com" } },
      "`spacelift:ingress.controller`: is missing: the VCS gateway speaks gRPC, which every controller is told in its own way; run `pulumi config set --path spacelift:ingress.controller ingress-nginx` (or traefik), or say it in `ingress.vcsGatewayAnnotations`",
    ),
    wrong(
      "a VCS gateway on Spacelift's own domain",
      { vcsGateway: { domain: "spacelift.example.com" }, ingress: { controller: "traefik" } },
      "`spacelift:vcsGateway.domain`: must be another host name than `domain`: gRPC and HTTP need an Ingress each; run `pulumi config set --path spacelift:vcsGateway.domain vcs-gateway.spacelift.example.com`",
    ),
    wrong(
      "workers outside the cluster without a way to the broker",
      { mqtt: { domain: "mqtt.example.com" } },
      "`spacelift:mqtt.serviceType`: must not be ClusterIP when `mqtt.domain` tells workers outside the cluster to connect; run `pulumi config set --path spacelift:mqtt.serviceType LoadBalancer`",
    ),
  ]);
});
