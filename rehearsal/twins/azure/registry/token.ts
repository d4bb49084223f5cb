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
  const [, payload = ""] = token.split(".");
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof claims !== "object" || claims === null) return undefined;
  if (!("aud" in claims && "tid" in claims && "oid" in claims && "exp" in claims)) return undefined;
  const { aud, tid, oid, exp } = claims;
  if (typeof aud !== "string" || typeof tid !== "string" || typeof oid !== "string") return undefined;
  if (typeof exp !== "number" || exp * 1000 <= now.getTime()) return undefined;
  return AUDIENCES.includes(aud.replace(/\/$/, "")) ? { aud, tid, oid } : undefined;
}
