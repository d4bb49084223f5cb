import { listAt, stringAt, TwinError } from "../../framework";
import type { ArmType } from "../arm/definition";
import { invalidParameter } from "../arm/refusals";
import { below } from "../arm/tables";
import { parentOfId, sameId } from "../arm/resource-id";
import { stableUuid } from "../config";

const MOST_CREDENTIALS = 20;

/** A user-assigned identity; its principal is a new one whenever it is made again. */
export const userAssignedIdentity: ArmType = {
  token: "azure-native:managedidentity:UserAssignedIdentity",
  apiVersion: "2023-01-31",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
  contract: { library: "msi", model: "Identity" },
  nameRule: {
    pattern: /^[a-zA-Z0-9][\w-]*$/,
    min: 3,
    max: 128,
    words: "letters, digits, underscores and hyphens, a letter or digit first",
  },
  located: true,
  outputs: ["clientId", "principalId", "tenantId"],
  latency: { create: 4, update: 3, delete: 3 },
  compute: ({ id, client, now }, before) => ({
    clientId: stringAt(before?.computed, "clientId") ?? stableUuid("client", id, now.toISOString()),
    principalId: stringAt(before?.computed, "principalId") ?? stableUuid("principal", id, now.toISOString()),
    tenantId: client.tenantId,
  }),
};

/** A trust of an identity in the tokens of a cluster. */
export const federatedIdentityCredential: ArmType = {
  token: "azure-native:managedidentity:FederatedIdentityCredential",
  apiVersion: "2023-01-31",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}",
  contract: { library: "msi", model: "FederatedIdentityCredential" },
  latency: { create: 3, update: 3, delete: 3 },
  claims: (_operation, id) => [
    {
      key: `credentials ${parentOfId(id) ?? ""}`.toLowerCase(),
      code: "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
      message: `Too many Federated Identity Credentials are written concurrently for the managed identity '${parentOfId(id) ?? ""}'.`,
    },
  ],
  validate({ state, id, inputs }) {
    const issuer = stringAt(inputs, "issuer") ?? "";
    if (!/^https:\/\/[^/]+/.test(issuer) || issuer.length > 600)
      throw invalidParameter(`The issuer '${issuer}' of ${id} is no valid URL.`, "InvalidIssuer");
    if (listAt(inputs, "audiences").length !== 1)
      throw invalidParameter(`The credential ${id} must have exactly one audience.`, "InvalidAudiences");
    const others = below(state, parentOfId(id) ?? "").filter(
      (other) => other.type.endsWith("/federatedIdentityCredentials") && !sameId(other.id, id),
    );
    if (others.length >= MOST_CREDENTIALS)
      throw new TwinError(
        `The identity of ${id} has ${MOST_CREDENTIALS} credentials already.`,
        "FederatedIdentityCredentialsLimitReached",
      );
    const isSame = others.some(
      ({ properties }) => properties["issuer"] === issuer && properties["subject"] === inputs["subject"],
    );
    if (isSame)
      throw new TwinError(
        `Issuer and subject combination already exists for this Managed Identity: ${id}.`,
        "InvalidFederatedIdentityCredential",
      );
  },
};
