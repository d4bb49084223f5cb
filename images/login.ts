import { z } from "zod";
import { type HttpResponse, request, requestPeer, type Peer } from "../peers/http";
import { jwtPayload, parseJson } from "../peers/json";

/** Who pushes and pulls. */
export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
}

export type AuthResult =
  /** The header to send with further requests, what a token says it is good for, and for how long it is. */
  | {
      readonly authorization?: string;
      readonly granted?: readonly string[];
      readonly open: boolean;
      /** Undefined for a password. */
      readonly expiresInMs?: number;
    }
  /** Why not; the status of the answer, 0 without one. */
  | { readonly refused: string; readonly status: number };

/** Every form of a manifest, for the header `accept`. */
export const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** Whether an image exists: its status, 200 or 404, or 401 and 403 when that may not be known. */
export async function manifestStatus(
  registry: Peer,
  image: { readonly repository: string; readonly tag: string },
  authorization: string | undefined,
): Promise<number | "none of a registry"> {
  const path = `/v2/${image.repository}/manifests/${image.tag}`;
  const sent = { accept: MANIFESTS, ...(authorization !== undefined && { authorization }) };
  const { status, headers } = await requestPeer(registry, path, { method: "HEAD", headers: sent });
  if (status !== 200) return status;
  const type = headers["content-type"] ?? "";
  const isManifest = headers["docker-content-digest"] !== undefined || type.startsWith("application/vnd.");
  return isManifest ? status : "none of a registry";
}

/**
 * Logs in as clients of registries do: with the password itself, or with a token that the registry's realm gives for it.
 *
 * @param greeting answer to an anonymous request
 * @param scope what a token is to be good for: `repository:<name>:pull,push`
 */
export async function authenticate(
  registry: Peer,
  greeting: HttpResponse,
  login: RegistryLogin | undefined,
  scope: readonly string[],
): Promise<AuthResult> {
  if (greeting.status === 200) return { open: true };
  const challenge = parseChallenge(greeting.headers["www-authenticate"]);
  if (challenge === undefined) {
    return { refused: `it answers status ${greeting.status} without saying how to log in`, status: 0 };
  }
  const basic = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
  if (challenge.scheme === "bearer") return exchangeToken(registry, challenge, basic, scope);
  if (basic === undefined) return { refused: "it asks for a password", status: 401 };
  const { status } = await requestPeer(registry, "/v2/", { headers: { authorization: basic } });
  if (status === 200) return { authorization: basic, open: false };
  const refused = status === 401 ? "the user or the password is wrong" : `it answers status ${status}`;
  return { refused, status };
}

interface Challenge {
  readonly scheme: "basic" | "bearer";
  /** By name in lower case: `realm`, `service`, `scope`. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Reads a `WWW-Authenticate` header; undefined when it asks for neither of the two schemes registries know. */
function parseChallenge(header: string | undefined): Challenge | undefined {
  const [, word = "", rest = ""] = /^\s*(\w+)\s*(.*)$/.exec(header ?? "") ?? [];
  const scheme = word.toLowerCase();
  if (scheme !== "basic" && scheme !== "bearer") return undefined;
  const pairs = [...rest.matchAll(/(\w+)="([^"]*)"/g)].map(
    ([, name = "", value = ""]) => [name.toLowerCase(), value] as const,
  );
  return { scheme, parameters: Object.fromEntries(pairs) };
}

// The specification of tokens has 60 seconds where an answer does not say.
const tokenSchema = z
  .object({
    token: z.string().optional(),
    access_token: z.string().optional(),
    expires_in: z.number().default(60),
  })
  .transform(({ token, access_token, expires_in }) => ({
    token: token ?? access_token,
    seconds: expires_in,
  }));

async function exchangeToken(
  { origin, ca, insecure, signal, agent }: Peer,
  { parameters: { realm = "", service } }: Challenge,
  basic: string | undefined,
  scope: readonly string[],
): Promise<AuthResult> {
  if (!URL.canParse(realm)) return { refused: "it names no realm that gives tokens", status: 0 };
  const url = new URL(realm);
  if (url.protocol !== "https:" && basic !== undefined && new URL(origin).protocol === "https:") {
    return { refused: `its realm ${url.origin} would get the password without TLS`, status: 0 };
  }
  if (service !== undefined) url.searchParams.set("service", service);
  for (const each of scope) url.searchParams.append("scope", each);
  const headers: Record<string, string> = basic === undefined ? {} : { authorization: basic };
  const { status, text } = await request({ url, headers, ca, insecure, signal, agent });
  if (status === 401 || status === 403) return { refused: "the user or the password is wrong", status };
  const read = status === 200 ? tokenSchema.safeParse(parseJson(text)).data : undefined;
  if (read?.token === undefined) {
    return { refused: `its realm ${url.origin} gives no token (status ${status})`, status };
  }
  const granted = grantedBy(read.token);
  return {
    authorization: `Bearer ${read.token}`,
    open: false,
    expiresInMs: read.seconds * 1000,
    ...(granted && { granted }),
  };
}

const claims = z.object({
  access: z.array(z.object({ type: z.string(), name: z.string(), actions: z.array(z.string()) })),
});

/** What a token is good for, as `name:action`; undefined when it does not tell, as its form is the registry's affair. */
function grantedBy(token: string): readonly string[] | undefined {
  const read = claims.safeParse(jwtPayload(token));
  return read.success
    ? read.data.access.flatMap(({ name, actions }) => actions.map((action) => `${name}:${action}`))
    : undefined;
}
