import { configured } from "../../../support/configurations";
import { rejects, wrongFrom } from "../../../support/wrong-configurations";

const wrong = wrongFrom(configured);

describe("rules of the certificates", () => {
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
  ]);
});
