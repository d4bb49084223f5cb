import { randomBytes } from "node:crypto";
import { jwtPayload } from "../../../../peers/json";
import { logins, registries, sealLogin } from "../../docker/tables";
import { type Properties, stringAt, type Surroundings } from "../../framework";
import { findResource } from "../arm/tables";
import type { Client } from "../config";

/** What a token for the Resource Manager says. */
export interface TokenClaims {
  readonly aud: string;
  readonly tid: string;
  readonly oid: string;
}

const AUDIENCES = [
  "https://management.azure.com",
  "https://management.core.windows.net",
  "https://containerregistry.azure.net",
];

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** How long a token is good for: the service gives 60 to 90 minutes. */
const TOKEN_SECONDS = 4500;

/** Makes an unsigned token for an audience, in the shape of one of Entra's. */
export function makeToken(client: Client, now: Date, audience = "https://management.azure.com/"): string {
  const issued = Math.floor(now.getTime() / 1000);
  const claims = {
    aud: audience,
    tid: client.tenantId,
    oid: client.objectId,
    ...(client.type === "User" ? { idtyp: "user", scp: "user_impersonation" } : { idtyp: "app" }),
    iat: issued,
    exp: issued + TOKEN_SECONDS,
  };
  return [part({ alg: "none", typ: "JWT" }), part(claims), part({ signature: "none" })].join(".");
}

/** Reads a token; `undefined` when it is none, is over or is made out to somebody else. */
export function readToken(token: string, now: Date): TokenClaims | undefined {
  const claims = jwtPayload(token);
  if (typeof claims !== "object" || claims === null) return undefined;
  if (!("aud" in claims && "tid" in claims && "oid" in claims && "exp" in claims)) return undefined;
  const { aud, tid, oid, exp } = claims;
  if (typeof aud !== "string" || typeof tid !== "string" || typeof oid !== "string") return undefined;
  if (typeof exp !== "number" || exp * 1000 <= now.getTime()) return undefined;
  return AUDIENCES.includes(aud.replace(/\/$/, "")) ? { aud, tid, oid } : undefined;
}

/** User name that goes with a token. */
export const TOKEN_USERNAME = "00000000-0000-0000-0000-000000000000";

/** What the registry answers to a request for a login. */
export interface LoginAnswer {
  readonly status: number;
  readonly body: object;
}

/** How long a login is good for. */
const LOGIN_SECONDS = 3 * 3600;

const refuse = (status: number, code: string, message: string): LoginAnswer => ({
  status,
  body: { errors: [{ code, message }] },
});

/** Exchanges a token of the Resource Manager for one of a registry, as its `/oauth2/exchange` does. */
export function exchange(
  { world, clock }: Pick<Surroundings, "world" | "clock">,
  loginServer: string,
  form: URLSearchParams,
): LoginAnswer {
  const missing = ["grant_type", "service", "access_token"].find((name) => !form.get(name));
  if (missing !== undefined) return refuse(400, "UNAUTHORIZED", `the field ${missing} is missing`);
  if (form.get("grant_type") !== "access_token")
    return refuse(400, "UNSUPPORTED", "grant_type must be access_token");
  if (form.get("service") !== loginServer)
    return refuse(400, "UNAUTHORIZED", `the service must be ${loginServer}`);
  const now = clock.now();
  const claims = readToken(form.get("access_token") ?? "", now);
  const tenant = form.get("tenant");
  if (claims === undefined || (tenant !== null && tenant !== "" && claims.tid !== tenant))
    return refuse(401, "UNAUTHORIZED", "authentication required: the token is of no use");
  return world.change((state) => {
    const registry = registries.of(state).get(loginServer);
    if (registry === undefined) return refuse(404, "NAME_UNKNOWN", "there is no such registry");
    const properties = findResource(state, registry.resourceId)?.properties;
    if (isClosed(properties))
      return refuse(403, "DENIED", "client is not allowed access. Refer https://aka.ms/acr/firewall");
    if (stringAt(properties, "policies", "azureADAuthenticationAsArmPolicy", "status") === "disabled")
      return refuse(401, "UNAUTHORIZED", "tokens of the Resource Manager are not accepted here");
    const refreshToken = `${randomBytes(24).toString("base64url")}.${randomBytes(24).toString("base64url")}`;
    const key = sealLogin(world, loginServer, TOKEN_USERNAME, refreshToken);
    const until = new Date(now.getTime() + LOGIN_SECONDS * 1000).toISOString();
    logins.of(state).set(key, { registry: loginServer, until });
    return { status: 200, body: { refresh_token: refreshToken } };
  });
}

/** Whether a registry is shut to everybody outside of its networks, as the one who deploys is. */
function isClosed(registry: Properties | undefined): boolean {
  return (
    stringAt(registry, "publicNetworkAccess") === "Disabled" ||
    stringAt(registry, "networkRuleSet", "defaultAction") === "Deny"
  );
}
