import { removeCommand, setCommand } from "../problems";
import { type Rule, missingSecret, uselessKey } from "./rule";

const certificateKeys: Rule = ({ tls }, secrets) => {
  if (!tls) return [];
  const wanted = { ca: "caPrivateKey", provided: "tlsPrivateKey" } as const;
  return Object.entries(wanted).flatMap(([mode, name]) => {
    if (tls.mode === mode) {
      return secrets[name] === undefined ? [missingSecret(name, `it is the key of \`tls.certificate\``)] : [];
    }
    return secrets[name] === undefined ? [] : [uselessKey(name, `only \`tls.mode: ${mode}\` reads it`)];
  });
};

const existingTlsSecret: Rule = ({ tls, namespace }) =>
  tls?.mode === "existingSecret" && namespace?.create === true
    ? [
        {
          key: "tls.mode",
          problem:
            "`existingSecret` needs the Secret `cert` in the namespace beforehand, which contradicts making the namespace",
          fix: `${setCommand("namespace.create", false)}, or use \`tls.mode: provided\``,
        },
      ]
    : [];

const acmeServer: Rule = ({ tls }) => {
  if (tls?.mode !== "acme" || tls.server === undefined) return [];
  const useless = [
    ...(tls.stagingIssuer ? ["stagingIssuer"] : []),
    ...(tls.environment === "staging" ? ["environment"] : []),
  ];
  return useless.map((key) => ({
    key: `tls.${key}`,
    problem: "contradicts `tls.server`: it is of Let's Encrypt alone",
    fix: removeCommand(`tls.${key}`),
  }));
};

/** Rules of the certificates. */
export const accessRules: readonly Rule[] = [certificateKeys, existingTlsSecret, acmeServer];
