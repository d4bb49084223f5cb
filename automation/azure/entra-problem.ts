import { type CredentialChoice, CredentialProblem, type CredentialProblemKind } from "./credentials";
import { connectionProblem } from "./http";

type ExplainedKind = Extract<
  CredentialProblemKind,
  "secretExpired" | "secretWrong" | "application" | "tenant" | "certificate" | "federation"
>;

const kinds: Readonly<Record<string, ExplainedKind>> = {
  "7000222": "secretExpired",
  "7000215": "secretWrong",
  "700016": "application",
  "7000229": "application",
  "700030": "certificate",
  "700027": "certificate",
  "90002": "tenant",
  "900021": "tenant",
  "900023": "tenant",
  "70021": "federation",
  "700211": "federation",
  "700212": "federation",
  "700213": "federation",
  "700024": "federation",
  "5000811": "federation",
};

const explanations: Readonly<
  Record<ExplainedKind, (client: string, tenant: string) => { readonly reason: string; readonly fix: string }>
> = {
  secretExpired: (client) => ({
    reason: `the secret of application ${client} has expired`,
    fix: `run \`az ad app credential reset --id ${client} --append\` and set ARM_CLIENT_SECRET to the password it shows`,
  }),
  secretWrong: (client) => ({
    reason: `the secret is not one of application ${client}`,
    fix: `set ARM_CLIENT_SECRET to the value of the secret, not its id; \`az ad app credential reset --id ${client} --append\` makes a new one`,
  }),
  application: (client, tenant) => ({
    reason: `tenant ${tenant} knows no application ${client}`,
    fix: "set ARM_TENANT_ID to the tenant of the application, and ARM_CLIENT_ID to its application id; `az ad sp list --display-name <name>` shows it",
  }),
  tenant: (_, tenant) => ({
    reason: `there is no tenant ${tenant} in this cloud`,
    fix: "set ARM_TENANT_ID to what `az account show --query tenantId` says, and see that `aks.cloud` is right",
  }),
  certificate: (client) => ({
    reason: `the certificate is not one of application ${client}, or has expired`,
    fix: `run \`az ad app credential reset --id ${client} --append --cert @<certificate.pem>\``,
  }),
  federation: (client) => ({
    reason: `no federated credential of application ${client} fits the OIDC token, or the token has expired`,
    fix: `compare the token's issuer, subject and audience with \`az ad app federated-credential list --id ${client}\``,
  }),
};

/** What Entra ID's or the library's complaint about a token means, and what mends it. */
export function entraProblem(error: unknown, choice: CredentialChoice): CredentialProblem {
  if (error instanceof CredentialProblem) return error;
  const message = error instanceof Error ? error.message : String(error);
  const [, code = ""] = /AADSTS(\d+)/.exec(message) ?? [];
  const kind = kinds[code];
  if (kind !== undefined) {
    const { clientId = "", tenantId = "" } = { clientId: undefined, tenantId: undefined, ...choice };
    const { reason, fix } = explanations[kind](clientId, tenantId);
    return new CredentialProblem(kind, `${reason} (AADSTS${code})`, fix);
  }
  if (code !== "") {
    const [, said = ""] = /AADSTS\d+: ?([^.\r\n]*)/.exec(message) ?? [];
    return new CredentialProblem(
      "refused",
      `Entra ID gave no token: AADSTS${code} ${said}`.trim(),
      `read about AADSTS${code} and fix the login`,
    );
  }
  if (choice.method === "managedIdentity") {
    return new CredentialProblem(
      "identity",
      "ARM_USE_MSI is set, yet no managed identity answers here",
      "run this where the identity is assigned, or unset ARM_USE_MSI",
    );
  }
  if (choice.method === "default") {
    return new CredentialProblem(
      "none",
      "none of the default chain's credentials gave a token",
      "run `az login`, or unset ARM_USE_DEFAULT_AZURE_CREDENTIAL and set ARM_CLIENT_ID, ARM_TENANT_ID and ARM_CLIENT_SECRET",
    );
  }
  return new CredentialProblem(
    "unreachable",
    `the token service of Entra ID ${connectionProblem(error)}`,
    "let this machine reach the token service, or set HTTPS_PROXY",
  );
}
