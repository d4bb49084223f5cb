import { jwtPayload } from "../../../peers/json";

/** Azure's built-in roles that are assigned here, by what they are for. */
export const roles = {
  networkContributor: "4d97b98b-1d4f-4787-a291-c67834d212e7",
  managedIdentityOperator: "f1a07417-d97a-45cb-824c-7a7467783830",
  acrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
  storageBlobDataContributor: "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
  storageBlobDelegator: "db58b8e5-c6ad-4a2a-8342-4190687cbf4a",
  dnsZoneContributor: "befefa01-2a29-4197-83a8-272ff33ce314",
  aksRbacClusterAdmin: "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
} as const;

export type Role = keyof typeof roles;

/** The full id of a role. With the subscription in it, as Azure answers it: any other form would differ at every update. */
export const roleDefinitionId = (subscriptionId: string, role: Role): string =>
  `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${roles[role]}`;

export type PrincipalType = "User" | "Group" | "ServicePrincipal";

/**
 * What the one is to whom a token was issued: a user's has the scopes of the application that acts for the user, that of
 * an application or managed identity has none (`scp` and `idtyp` of Microsoft's claims reference). `undefined` for what is
 * no such token.
 */
export function principalTypeOf(token: string): PrincipalType | undefined {
  const claims = jwtPayload(token);
  if (typeof claims !== "object" || claims === null || !("oid" in claims)) return undefined;
  const isUser = "scp" in claims || ("idtyp" in claims && claims.idtyp === "user");
  return isUser ? "User" : "ServicePrincipal";
}
