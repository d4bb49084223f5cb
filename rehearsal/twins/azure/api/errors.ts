import type { JsonObject } from "./subscription";

/** An answer of Azure Resource Manager. */
export interface ArmAnswer {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Azure's envelope for what went wrong. */
export const armError = (
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): ArmAnswer => ({ status, body: { error: { code, message } }, headers });

const challenge = (tenantId: string, description: string): Readonly<Record<string, string>> => ({
  "www-authenticate": `Bearer authorization_uri="https://login.windows.net/${tenantId}", error="invalid_token", error_description="${description}"`,
});

/** No token, or one that is none. */
export const unauthenticated = (tenantId: string): ArmAnswer =>
  armError(
    401,
    "AuthenticationFailed",
    "Authentication failed. The 'Authorization' header is missing.",
    challenge(tenantId, "The authentication failed because of missing 'Authorization' header."),
  );

/** A token that was good once. */
export const expired = (tenantId: string): ArmAnswer =>
  armError(
    401,
    "ExpiredAuthenticationToken",
    "The access token expiry UTC time is earlier than current UTC time.",
    challenge(tenantId, "The access token expiry UTC time is earlier than current UTC time."),
  );

/** A token of another tenant than the subscription's. */
export const wrongTenant = (token: string, tenantId: string): ArmAnswer =>
  armError(
    401,
    "InvalidAuthenticationTokenTenant",
    `The access token is from the wrong issuer 'https://sts.windows.net/${token}/'. It must match the tenant 'https://sts.windows.net/${tenantId}/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/${tenantId}' to get the token.`,
    challenge(tenantId, "The access token is from the wrong issuer."),
  );

export const subscriptionNotFound = (id: string): ArmAnswer =>
  armError(404, "SubscriptionNotFound", `The subscription '${id}' could not be found.`);

export const groupNotFound = (name: string): ArmAnswer =>
  armError(404, "ResourceGroupNotFound", `Resource group '${name}' could not be found.`);

export function resourceNotFound(id: string): ArmAnswer {
  const [, , , , group = "", , ...rest] = id.split("/");
  return armError(
    404,
    "ResourceNotFound",
    `The Resource '${rest.join("/")}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
}

export const forbidden = (objectId: string, action: string, scope: string): ArmAnswer =>
  armError(
    403,
    "AuthorizationFailed",
    `The client '${objectId}' with object id '${objectId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );

export const notRegistered = (namespace: string): ArmAnswer =>
  armError(
    409,
    "MissingSubscriptionRegistration",
    `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`,
  );

export const noApiVersion = (): ArmAnswer =>
  armError(
    400,
    "MissingApiVersionParameter",
    "The api-version query parameter (?api-version=) is required for all requests.",
  );

export const wrongApiVersion = (version: string, supported: string): ArmAnswer =>
  armError(
    400,
    "InvalidApiVersionParameter",
    `The api-version '${version}' is invalid. The supported versions are '${supported}'.`,
  );
