import { X509Certificate, createPrivateKey, randomUUID, sign } from "node:crypto";
import type { RequestListener } from "node:http";
import type { KeyPair } from "./authority";
import { tokenService } from "./registry-server";

/** Who gets tokens, and for what. */
export interface RealmUser {
  readonly username: string;
  readonly password: string;
  /** What it may do, whatever it asks for: `pull`, `push`. */
  readonly actions: readonly string[];
  /** How long its tokens are good for. @default 300 */
  readonly seconds?: number;
}

/** Serves a realm that gives out tokens for a registry, as the registry's token specification has it. */
export function tokenRealm(issuer: KeyPair, users: () => readonly RealmUser[]): RequestListener {
  return (request, response) => {
    const given = Buffer.from(
      (request.headers.authorization ?? "").replace(/^Basic /, ""),
      "base64",
    ).toString();
    const user = users().find(({ username, password }) => given === `${username}:${password}`);
    if (user === undefined) {
      response.writeHead(401).end();
      return;
    }
    const scopes = new URL(request.url ?? "/", "https://realm").searchParams.getAll("scope");
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ token: token(issuer, user, scopes), expires_in: user.seconds ?? 300 }));
  };
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function token(issuer: KeyPair, user: RealmUser, scopes: readonly string[]): string {
  const access = scopes.map((scope) => {
    const [type = "", name = "", asked = ""] = scope.split(":");
    return { type, name, actions: asked.split(",").filter((action) => user.actions.includes(action)) };
  });
  const seconds = Math.floor(Date.now() / 1000);
  const certificate = new X509Certificate(issuer.certificate).raw.toString("base64");
  const claims = {
    iss: tokenService,
    aud: tokenService,
    sub: user.username,
    iat: seconds,
    nbf: seconds - 10,
    exp: seconds + 300,
    jti: randomUUID(),
    access,
  };
  const text = `${part({ typ: "JWT", alg: "RS256", x5c: [certificate] })}.${part(claims)}`;
  const key = createPrivateKey(issuer.privateKey);
  return `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
}
