import { randomBytes } from "node:crypto";
import { logins, registries, sealLogin } from "../../docker/tables";
import { type Properties, stringAt, type Surroundings } from "../../framework";
import { findResource } from "../arm/tables";
import { readToken } from "./token";

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
