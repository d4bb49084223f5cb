import * as http from "node:http";
import * as https from "node:https";
import { isIP } from "node:net";
import { type SecureContext, createSecureContext } from "node:tls";
import { type Credentials, decoded, readGiven } from "./credentials";
import { connectionProblem } from "../peers/connection";
import { request } from "../peers/http";
import { KubeError } from "./kube-error";
import type { KubeContext } from "./kubeconfig";
import { proxyAgent, ProxyError, proxyOf } from "../peers/proxy";

export interface KubeRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Path with query, beginning with `/`. */
  readonly path: string;
  readonly accept?: string;
  /** Sent as JSON: of a PATCH, as a merge patch. */
  readonly body?: unknown;
  readonly signal: AbortSignal;
  /**
   * Milliseconds it may take. Not by a signal: of one that is joined with others, Node.js may forget the timer
   * (nodejs/node 57736).
   */
  readonly timeoutMs: number;
  /** Bytes that an answer may have. @default - those of one object */
  readonly mostBytes?: number;
}

/** An answer of an API server, whatever its status. */
export interface KubeResponse {
  readonly status: number;
  readonly text: string;
}

/** Sends requests to one API server. Rejects with a KubeError when no answer comes. */
export type Transport = (request: KubeRequest) => Promise<KubeResponse>;

const MOST_CONNECTIONS = 8;
/** Of one object: what etcd takes is 1.5 MiB, in a form that JSON makes some larger. */
const MOST_BYTES = 8 << 20;

/**
 * Prepares connections to the API server of a context: its certificate authority, the caller's certificate, the proxy.
 *
 * @throws KubeError of kind `configuration`
 */
export async function prepareTransport(
  { cluster, folders }: KubeContext,
  credentials: Credentials,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Transport> {
  const server = serverUrl(cluster.server);
  const authority =
    decoded(cluster["certificate-authority-data"]) ??
    (await readGiven(cluster["certificate-authority"], folders.cluster));
  const hostname = server.hostname.replace(/^\[|\]$/g, "");
  const isTls = server.protocol === "https:";
  const proxy = cluster["proxy-url"] ?? (isTls ? proxyOf(hostname, env) : undefined);
  // An address is not sent as a name, nor is it one to compare a certificate's names with.
  const servername = cluster["tls-server-name"] ?? (isIP(hostname) === 0 ? hostname : undefined);
  const connection = {
    agent: proxy
      ? throughProxy(proxy)
      : new (isTls ? https : http).Agent({ keepAlive: true, maxSockets: MOST_CONNECTIONS }),
    secureContext: isTls ? contextOf(authority, credentials) : undefined,
    servername,
    insecure: cluster["insecure-skip-tls-verify"] === true,
    whole: true,
  };
  const base = server.href.replace(/\/$/, "");
  return async ({
    method,
    path,
    accept = "application/json",
    body,
    signal,
    timeoutMs,
    mostBytes = MOST_BYTES,
  }) => {
    const headers = {
      accept,
      "user-agent": "spacelift-selfhosted",
      ...(credentials.authorization !== undefined && { authorization: credentials.authorization }),
      ...(body !== undefined && {
        "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
      }),
    };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const { status, text } = await request({
      ...connection,
      ...content,
      url: new URL(base + path),
      method,
      headers,
      signal,
      timeoutMs,
      mostBytes,
    }).catch((error: unknown) => {
      if (signal.aborted || isLate(error))
        throw new KubeError("timeout", `${server.origin} did not answer in time`);
      const { kind, reason } = connectionProblem(error);
      throw new KubeError(kind === "certificate" ? "untrusted" : "unreachable", `${server.origin} ${reason}`);
    });
    return { status, text };
  };
}

const isLate = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ETIMEDOUT";

function contextOf(ca: string | undefined, { cert, key }: Credentials): SecureContext {
  // Without a word, Node.js trusts nobody when it finds no certificate in an authority.
  if (ca !== undefined && !/-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/.test(ca)) {
    throw new KubeError("configuration", "the certificate authority of the kubeconfig is no PEM");
  }
  try {
    return createSecureContext({
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
    });
  } catch {
    // OpenSSL's words about a key or certificate that it cannot read help nobody, and could quote it.
    const problem = "the certificate authority, client certificate or key of the kubeconfig is no PEM";
    throw new KubeError("configuration", problem);
  }
}

function serverUrl(server: string): URL {
  // As kubectl does: without a scheme, it is a host that speaks TLS.
  const text = server.includes("://") ? server : `https://${server}`;
  if (!URL.canParse(text) || !/^https?:/.test(text)) {
    throw new KubeError("configuration", "the kubeconfig names a server that is no http(s) URL");
  }
  return new URL(text);
}

function throughProxy(proxy: string): http.Agent {
  try {
    return proxyAgent(proxy);
  } catch (error) {
    if (!(error instanceof ProxyError)) throw error;
    throw new KubeError("configuration", "the proxy of the kubeconfig or of HTTPS_PROXY is no http(s) URL");
  }
}
