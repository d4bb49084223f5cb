import { createHash, createPublicKey, randomUUID, verify, X509Certificate } from "node:crypto";
import type { ArmWorld, JsonObject } from "./subscription";

/** An answer of Entra ID's token service. */
export interface EntraAnswer {
  readonly status: number;
  readonly body: JsonObject;
}

const encoded = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Ends every token, so that a leak of one is seen. */
export const tokenSignature = "planted-token-signature";

/** Ends every OIDC token. */
export const oidcSignature = "planted-oidc-signature";

/** A token for Azure Resource Manager as Entra ID makes it, but for the signature. */
export function accessToken(world: ArmWorld, tenantId = world.tenantId, claims: JsonObject = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const { clientId, objectId } = world.application;
  return [
    encoded({ typ: "JWT", alg: "RS256" }),
    encoded({
      aud: "https://management.azure.com",
      iss: `https://sts.windows.net/${tenantId}/`,
      iat: now,
      nbf: now,
      exp: now + world.tokenSeconds,
      appid: clientId,
      idtyp: "app",
      oid: objectId,
      tid: tenantId,
      ...claims,
    }),
    tokenSignature,
  ].join(".");
}

function refusal(status: number, error: string, code: number, description: string): EntraAnswer {
  const trace = randomUUID();
  const text = `AADSTS${code}: ${description} Trace ID: ${trace} Correlation ID: ${trace} Timestamp: 2026-11-21 10:00:00Z`;
  return {
    status,
    body: {
      error,
      error_description: text,
      error_codes: [code],
      timestamp: "2026-11-21 10:00:00Z",
      trace_id: trace,
      correlation_id: trace,
    },
  };
}

/** The description of a tenant's endpoints. */
export function openIdConfiguration(world: ArmWorld, origin: string, tenant: string): EntraAnswer {
  if (tenant !== world.tenantId) return unknownTenant(tenant);
  return {
    status: 200,
    body: {
      token_endpoint: `${origin}/${tenant}/oauth2/v2.0/token`,
      authorization_endpoint: `${origin}/${tenant}/oauth2/v2.0/authorize`,
      jwks_uri: `${origin}/${tenant}/discovery/v2.0/keys`,
      issuer: `${origin}/${tenant}/v2.0`,
    },
  };
}

const unknownTenant = (tenant: string): EntraAnswer =>
  refusal(
    400,
    "invalid_tenant",
    90002,
    `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID.`,
  );

/** Answers a request for a token. */
export function tokenAnswer(world: ArmWorld, tenant: string, form: URLSearchParams): EntraAnswer {
  const { application } = world;
  if (tenant !== world.tenantId) return unknownTenant(tenant);
  if (world.refusal) return refusal(400, world.refusal.error, world.refusal.code, world.refusal.description);
  const client = form.get("client_id") ?? "";
  if (client !== application.clientId) {
    return refusal(
      400,
      "unauthorized_client",
      700016,
      `Application with identifier '${client}' was not found in the directory 'Test'.`,
    );
  }
  const problem = form.has("client_assertion")
    ? assertionProblem(world, form.get("client_assertion") ?? "")
    : secretProblem(world, form.get("client_secret") ?? "");
  if (problem) return problem;
  const token = accessToken(world);
  return {
    status: 200,
    body: {
      token_type: "Bearer",
      expires_in: world.tokenSeconds,
      ext_expires_in: world.tokenSeconds,
      access_token: token,
    },
  };
}

function secretProblem({ application }: ArmWorld, secret: string): EntraAnswer | undefined {
  const state = application.secrets[secret];
  const app = `for app '${application.clientId}'`;
  if (state === "valid") return undefined;
  return state === "expired"
    ? refusal(401, "invalid_client", 7000222, `The provided client secret keys ${app} are expired.`)
    : refusal(
        401,
        "invalid_client",
        7000215,
        `Invalid client secret provided. Ensure the secret being sent is the value, not its ID, ${app}.`,
      );
}

function assertionProblem({ application }: ArmWorld, assertion: string): EntraAnswer | undefined {
  const [header = "", payload = "", signature = ""] = assertion.split(".");
  const { alg, ...head } = decoded(header);
  const claims = decoded(payload);
  const issuer = typeof claims["iss"] === "string" ? claims["iss"] : "";
  if (issuer !== application.clientId) {
    if (claims["aud"] !== "api://AzureADTokenExchange") {
      return refusal(
        401,
        "invalid_client",
        700212,
        "No matching federated identity record found for presented assertion audience.",
      );
    }
    return signature === oidcSignature && application.subjects[issuer] === claims["sub"]
      ? undefined
      : refusal(
          401,
          "invalid_client",
          700213,
          "No matching federated identity record found for presented assertion subject.",
        );
  }
  const known = application.certificates
    .map((pem) => new X509Certificate(pem))
    .find((certificate) =>
      [digest("sha256", certificate.raw), digest("sha1", certificate.raw)].includes(
        String(head["x5t#S256"] ?? head["x5t"]),
      ),
    );
  const signed = Buffer.from(`${header}.${payload}`);
  const key = known && createPublicKey(known.toString());
  const good =
    key &&
    verify(
      "sha256",
      signed,
      alg === "PS256" ? { key, padding: 6, saltLength: 32 } : key,
      Buffer.from(signature, "base64url"),
    );
  return good === true
    ? undefined
    : refusal(
        401,
        "invalid_client",
        700027,
        "Client assertion contains an invalid signature. The key was not found.",
      );
}

const digest = (algorithm: string, data: Buffer): string =>
  createHash(algorithm).update(data).digest("base64url");

const decoded = (part: string): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Readonly<Record<string, unknown>>;
