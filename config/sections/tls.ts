import { z } from "zod";
import { certificateSource, dnsLabel, dnsSubdomain, field, url } from "../formats";

/** `spacelift:tls`: who issues the certificates of the server and the VCS gateway. */
export const tls = z.discriminatedUnion(
  "mode",
  [
    z.strictObject({
      mode: z.literal("acme"),
      email: field(
        z.email("must be an e-mail address"),
        "Contact of the ACME account.",
        "platform@example.com",
      ),
      environment: field(
        z.enum(["production", "staging"]).default("production"),
        "Let's Encrypt environment. Workers do not trust certificates of `staging`.",
      ),
      challenge: field(
        z.enum(["http01", "dns01"]).default("http01"),
        "How the domain is proved. `dns01` writes into `aks.dns.zoneId` and needs nobody to reach the cluster.",
      ),
      stagingIssuer: field(
        z.boolean().default(false),
        "Make the issuer `spacelift-letsencrypt-staging` beside the one that signs, to try certificates with.",
      ),
      server: field(
        url("https").optional(),
        "Directory URL of another ACME server, instead of Let's Encrypt.",
        "https://ca.example.com/acme/acme/directory",
      ),
    }),
    z.strictObject({
      mode: z.literal("ca"),
      certificate: field(
        certificateSource,
        "Certificate of your CA (PEM or file). Its key is the secret `caPrivateKey`.",
        "./ca.pem",
      ),
    }),
    z.strictObject({ mode: z.literal("selfSigned") }),
    z.strictObject({
      mode: z.literal("existingIssuer"),
      name: field(dnsSubdomain, "Name of a cert-manager issuer of yours.", "corporate"),
      kind: field(z.enum(["ClusterIssuer", "Issuer"]).default("ClusterIssuer"), "Kind of that issuer."),
    }),
    z.strictObject({
      mode: z.literal("provided"),
      certificate: field(
        certificateSource,
        "Certificate chain for all host names (PEM or file). Its key is the secret `tlsPrivateKey`.",
        "./tls.pem",
      ),
    }),
    z.strictObject({ mode: z.literal("existingSecret") }),
  ],
  "must be one of acme, ca, selfSigned, existingIssuer, provided, existingSecret",
);

/** `spacelift:certManager`: installed, or a cert-manager of yours. */
export const certManager = z.strictObject({
  install: field(
    z.boolean().default(true),
    "Install cert-manager when `tls` needs it. `false`: the cluster has one.",
  ),
  namespace: field(
    dnsLabel.default("cert-manager"),
    "Namespace of cert-manager, where a CA's Secret must lie.",
  ),
  createNamespace: field(
    z.boolean().default(true),
    "Create that namespace when cert-manager is installed. `false`: it exists already.",
  ),
  helmValues: field(
    z.record(z.string(), z.json()).default({}),
    "Values merged last into cert-manager's chart.",
  ),
});
