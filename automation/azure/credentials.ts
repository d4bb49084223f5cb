/** Variables of a run. */
export type Env = Readonly<Record<string, string | undefined>>;

/** An application of Entra ID. */
interface Application {
  readonly tenantId: string;
  readonly clientId: string;
}

/** Where an OIDC token comes from. */
export type AssertionSource =
  | { readonly from: "value"; readonly token: string }
  | { readonly from: "file"; readonly path: string }
  | {
      readonly from: "request";
      readonly url: string;
      readonly requestToken: string;
      readonly audience: string;
    };

/** One way to get a token. */
export type CredentialChoice =
  | { readonly method: "default"; readonly tenantId: string | undefined }
  | (Application & {
      readonly method: "certificate";
      readonly path: string;
      readonly password: string | undefined;
    })
  | (Application & { readonly method: "secret"; readonly secret: string })
  | (Application & { readonly method: "oidc"; readonly assertion: AssertionSource })
  | { readonly method: "managedIdentity"; readonly clientId: string | undefined }
  | { readonly method: "cli"; readonly tenantId: string | undefined };

/** What each way is called. */
export const methodNames: Readonly<Record<CredentialChoice["method"], string>> = {
  default: "the default chain of credentials (ARM_USE_DEFAULT_AZURE_CREDENTIAL)",
  certificate: "a client certificate (ARM_CLIENT_CERTIFICATE_PATH)",
  secret: "a client secret (ARM_CLIENT_SECRET)",
  oidc: "an OIDC token (ARM_USE_OIDC)",
  managedIdentity: "a managed identity (ARM_USE_MSI)",
  cli: "the Azure CLI's login",
};

const defaultAudience = "api://AzureADTokenExchange";

/**
 * Chooses the way in which Pulumi's Azure provider will get its tokens, in the provider's own order. The program gives the
 * provider a subscription and a cloud, so that `ARM_SUBSCRIPTION_ID` and `ARM_ENVIRONMENT` have no say.
 *
 * @throws CredentialProblem `incomplete` when what belongs together is not all there
 */
export function chooseCredential(env: Env): CredentialChoice {
  const read = (name: string): string | undefined => (env[name] === "" ? undefined : env[name]);
  const says = (name: string): boolean => env[name] === "true";
  const tenantId = read("ARM_TENANT_ID");
  const clientId = read("ARM_CLIENT_ID");

  if (says("ARM_USE_DEFAULT_AZURE_CREDENTIAL")) return { method: "default", tenantId };
  const path = read("ARM_CLIENT_CERTIFICATE_PATH");
  if (path !== undefined) {
    const password = read("ARM_CLIENT_CERTIFICATE_PASSWORD");
    return { method: "certificate", ...application("ARM_CLIENT_CERTIFICATE_PATH", env), path, password };
  }
  const secret = read("ARM_CLIENT_SECRET");
  if (secret !== undefined) return { method: "secret", ...application("ARM_CLIENT_SECRET", env), secret };
  if (says("ARM_USE_OIDC")) {
    return { method: "oidc", ...application("ARM_USE_OIDC", env), assertion: assertionSource(read) };
  }
  if (says("ARM_USE_MSI")) return { method: "managedIdentity", clientId };
  return { method: "cli", tenantId };
}

function application(because: string, env: Env): Application {
  const { ARM_TENANT_ID: tenantId = "", ARM_CLIENT_ID: clientId = "" } = env;
  const missing = Object.entries({ ARM_TENANT_ID: tenantId, ARM_CLIENT_ID: clientId })
    .filter(([, value]) => value === "")
    .map(([name]) => name);
  if (missing.length === 0) return { tenantId, clientId };
  throw new CredentialProblem(
    "incomplete",
    `${because} is set, ${missing.join(" and ")} is not`,
    `set ${missing.join(" and ")}, or unset ${because}`,
  );
}

function assertionSource(read: (name: string) => string | undefined): AssertionSource {
  const token = read("ARM_OIDC_TOKEN");
  if (token !== undefined) return { from: "value", token };
  const path = read("ARM_OIDC_TOKEN_FILE_PATH");
  if (path !== undefined) return { from: "file", path };
  const url = read("ARM_OIDC_REQUEST_URL") ?? read("ACTIONS_ID_TOKEN_REQUEST_URL");
  const requestToken = read("ARM_OIDC_REQUEST_TOKEN") ?? read("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
  if (url !== undefined && requestToken !== undefined) {
    return { from: "request", url, requestToken, audience: read("ARM_OIDC_AUDIENCE") ?? defaultAudience };
  }
  throw new CredentialProblem(
    "incomplete",
    "ARM_USE_OIDC is set, yet nothing says where the OIDC token is",
    "set ARM_OIDC_TOKEN_FILE_PATH or ARM_OIDC_TOKEN; in GitHub Actions, give the job `permissions: id-token: write`",
  );
}

/** Why there is no token. */
export type CredentialProblemKind =
  /** Variables that belong together are not all set. */
  | "incomplete"
  /** No variable names credentials, and the Azure CLI is not installed. */
  | "none"
  /** The Azure CLI is not logged in, or its login has ended. */
  | "notLoggedIn"
  /** The Azure CLI's login does not know the subscription. */
  | "subscription"
  /** The Azure CLI works with another cloud. */
  | "cloud"
  | "secretExpired"
  | "secretWrong"
  /** The application is not known in the tenant. */
  | "application"
  | "tenant"
  | "certificate"
  /** No federated credential of the application fits the OIDC token, or the token cannot be had. */
  | "federation"
  /** No managed identity answers. */
  | "identity"
  /** The token service cannot be reached. */
  | "unreachable"
  /** Anything else that Entra ID says no to. */
  | "refused";

/** There is no token for Azure. Its texts hold no secret. */
export class CredentialProblem extends Error {
  readonly kind: CredentialProblemKind;
  /** The command or variable that mends it. */
  readonly fix: string;

  /** @param reason lower case, without a final period */
  constructor(kind: CredentialProblemKind, reason: string, fix: string) {
    super(reason);
    this.name = "CredentialProblem";
    this.kind = kind;
    this.fix = fix;
  }
}
