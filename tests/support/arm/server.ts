import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:https";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { CloudEndpoints } from "../../../automation/azure/http";
import { selfSigned } from "../certificates";
import { accessToken, oidcSignature, openIdConfiguration, tokenAnswer, tokenSignature } from "./entra";
import { type ArmAnswer, armError, expired, unauthenticated, wrongTenant } from "./errors";
import { armAnswer } from "./routes";
import { type ArmWorld, armWorld } from "./world";

/** Azure on loopback: Resource Manager, Entra ID's token service, an issuer of OIDC tokens and a machine's metadata. */
export interface ArmServer {
  readonly world: () => ArmWorld;
  readonly origin: () => string;
  /** Where its services answer. */
  readonly endpoints: () => CloudEndpoints;
  /** The authority of its certificate, PEM. */
  readonly ca: string;
  /** Requests since the test began, `GET /subscriptions/…`. */
  readonly requests: () => readonly string[];
  /** Answers since the test began, by path. */
  readonly answers: () => readonly { readonly path: string; readonly answer: ArmAnswer }[];
}

const { certificate, privateKey } = selfSigned("localhost");

/** Gives every test of a suite an Azure of its own. */
export function withArm(): ArmServer {
  let server: Server;
  let world = armWorld();
  let requests: string[] = [];
  let answers: { path: string; answer: ArmAnswer }[] = [];
  let address = "";
  const origin = (): string => address;
  beforeEach(async () => {
    world = armWorld();
    requests = [];
    answers = [];
    server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
      const url = new URL(request.url ?? "/", origin());
      requests.push(`${request.method ?? ""} ${url.pathname}`);
      void text(request).then((body) => {
        const answer = answerTo(world, origin(), url, request, body);
        if (url.pathname.startsWith("/subscriptions/")) answers.push({ path: url.pathname, answer });
        response.writeHead(answer.status, {
          "content-type": "application/json; charset=utf-8",
          "x-ms-request-id": randomUUID(),
          "x-ms-ratelimit-remaining-subscription-reads": "249",
          ...answer.headers,
        });
        response.end(JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
    address = `https://localhost:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    world: () => world,
    origin,
    endpoints: () => ({ name: "AzureCloud", resourceManager: origin(), authority: origin() }),
    ca: certificate,
    requests: () => requests,
    answers: () => answers,
  };
}

function answerTo(
  world: ArmWorld,
  origin: string,
  url: URL,
  request: IncomingMessage,
  body: string,
): ArmAnswer {
  const path = decodeURIComponent(url.pathname);
  const fault = world.faults.find((each) => each.times > 0 && each.path.test(path));
  if (fault) {
    fault.times -= 1;
    return armError(fault.status, fault.code, "A planted fault. There is more to it.", fault.headers);
  }
  const [, tenant = "", rest = ""] = /^\/([^/]+)\/(.*)$/.exec(path) ?? [];
  if (rest === "v2.0/.well-known/openid-configuration") return openIdConfiguration(world, origin, tenant);
  if (rest === "oauth2/v2.0/token" && request.method === "POST") {
    return tokenAnswer(world, tenant, new URLSearchParams(body));
  }
  if (/^\/metadata\/identity\/oauth2\/token\/?$/.test(path)) return metadata(world, request);
  if (path === "/oidc") return oidcToken(url, request);
  if (!path.startsWith("/subscriptions/")) return armError(404, "NotFound", "There is no such path.");
  if (request.method !== "GET") return armError(405, "MethodNotAllowed", "Nothing here may be changed.");
  return tokenProblem(world, request) ?? armAnswer(world, origin, { path, query: url.searchParams });
}

function tokenProblem(world: ArmWorld, { headers }: IncomingMessage): ArmAnswer | undefined {
  const [, payload = ""] = /^Bearer [^.]+\.([^.]+)\.(.+)$/.exec(headers.authorization ?? "") ?? [];
  if (payload === "" || headers.authorization?.endsWith(`.${tokenSignature}`) !== true) {
    return unauthenticated(world.tenantId);
  }
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as {
    tid: string;
    exp: number;
  };
  if (claims.exp * 1000 < Date.now()) return expired(world.tenantId);
  return claims.tid === world.tenantId ? undefined : wrongTenant(claims.tid, world.tenantId);
}

function metadata(world: ArmWorld, { headers }: IncomingMessage): ArmAnswer {
  if (headers["metadata"] !== "true")
    return armError(400, "bad_request", "Required metadata header not specified");
  const expires = String(Math.floor(Date.now() / 1000) + world.tokenSeconds);
  return {
    status: 200,
    body: {
      access_token: accessToken(world),
      client_id: world.application.clientId,
      expires_in: String(world.tokenSeconds),
      expires_on: expires,
      resource: "https://management.azure.com",
      token_type: "Bearer",
    },
  };
}

/** What asks the issuer for an OIDC token, as a job of GitHub Actions does. */
export const oidcRequestToken = "planted-oidc-request-token";

function oidcToken(url: URL, { headers }: IncomingMessage): ArmAnswer {
  if (headers.authorization !== `Bearer ${oidcRequestToken}`) {
    return { status: 401, body: { message: "no" } };
  }
  return { status: 200, body: { value: oidcAssertion({ aud: url.searchParams.get("audience") ?? "" }) } };
}

/** An OIDC token that the application's federated credential fits. */
export const oidcAssertion = (claims: Readonly<Record<string, string>> = {}): string =>
  [
    { typ: "JWT", alg: "RS256" },
    {
      iss: "https://issuer.example.com",
      sub: "repo:acme/spacelift:ref:refs/heads/main",
      aud: "api://AzureADTokenExchange",
      ...claims,
    },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .concat(oidcSignature)
    .join(".");
