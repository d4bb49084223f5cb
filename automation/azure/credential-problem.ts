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
