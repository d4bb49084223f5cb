import { randomBytes } from "node:crypto";
import type { World } from "../../framework";
import { logins, registries, sealLogin } from "../../docker/tables";
import { stringAt } from "../../framework";
import { findResource } from "../arm/lookup";
import { readToken } from "./token";

/** User name that goes with a token. */
export const TOKEN_USERNAME = "00000000-0000-0000-0000-000000000000";

/** What the registry answers to a request for a login. */
export interface LoginAnswer {
  readonly status: number;
  readonly body: object;
}

const refuse = (status: number, code: string, message: string): LoginAnswer => ({
  status,
  body: { errors: [{ code, message }] },
});

/** Exchanges a token of the Resource Manager for one of a registry, as its `/oauth2/exchange` does. */
export function exchange(world: World, loginServer: string, form: URLSearchParams): LoginAnswer {
  const missing = ["grant_type", "service", "access_token"].find((name) => !form.get(name));
  if (missing !== undefined) return refuse(400, "UNAUTHORIZED", `the field ${missing} is missing`);
  if (form.get("grant_type") !== "access_token")
    return refuse(400, "UNSUPPORTED", "grant_type must be access_token");
  if (form.get("service") !== loginServer)
    return refuse(400, "UNAUTHORIZED", `the service must be ${loginServer}`);
  const claims = readToken(form.get("access_token") ?? "");
  const tenant = form.get("tenant");
  if (claims === undefined || (tenant !== null && tenant !== "" && claims.tid !== tenant))
    return refuse(401, "UNAUTHORIZED", "authentication required: the token is of no use");
  return world.change((state) => {
    const registry = registries.of(state).get(loginServer);
    if (registry === undefined) return refuse(404, "NAME_UNKNOWN", "there is no such registry");
    const status = stringAt(
      findResource(state, registry.resourceId)?.properties,
      "policies",
      "azureADAuthenticationAsArmPolicy",
      "status",
    );
    if (status === "disabled")
      return refuse(401, "UNAUTHORIZED", "tokens of the Resource Manager are not accepted here");
    const refreshToken = `${randomBytes(24).toString("base64url")}.${randomBytes(24).toString("base64url")}`;
    const key = sealLogin(world, loginServer, TOKEN_USERNAME, refreshToken);
    logins.of(state).set(key, { registry: loginServer });
    return { status: 200, body: { refresh_token: refreshToken } };
  });
}
