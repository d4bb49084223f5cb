import * as http from "node:http";
import * as https from "node:https";
import { isIP } from "node:net";
import { type Credentials, decoded, readGiven } from "./credentials";
import { connectionProblem } from "../peers/connection-problem";
import { goServerIdentity } from "../peers/server-identity";
import { KubeError } from "./kube-error";
import type { KubeContext } from "./kubeconfig";
import { proxyAgent, proxyOf } from "./proxy";

/** A request to an API server. */
export interface KubeRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Path with query, beginning with `/`. */
  readonly path: string;
  readonly accept?: string;
  /** Sent as JSON: of a PATCH, as a merge patch. */
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

/** An answer of an API server, whatever its status. */
export interface KubeResponse {
  readonly status: number;
  readonly text: string;
}

/** Sends requests to one API server. Rejects with a KubeError when no answer comes. */
export type Transport = (request: KubeRequest) => Promise<KubeResponse>;

const MOST_CONNECTIONS = 8;
const MOST_BYTES = 64 * 1024 * 1024;

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
  const name = cluster["tls-server-name"];
  const options: https.RequestOptions = {
    host: hostname,
    port: server.port === "" ? (isTls ? 443 : 80) : Number(server.port),
    agent: proxy
      ? proxyAgent(proxy)
      : new (isTls ? https : http).Agent({ keepAlive: true, maxSockets: MOST_CONNECTIONS }),
    ...(authority !== undefined && { ca: authority }),
    ...(credentials.cert !== undefined && { cert: credentials.cert }),
    ...(credentials.key !== undefined && { key: credentials.key }),
    ...(cluster["insecure-skip-tls-verify"] === true && { rejectUnauthorized: false }),
    checkServerIdentity: goServerIdentity,
    // An address is not sent as a name, nor is it one to compare a certificate's names with.
    ...(name !== undefined ? { servername: name } : isIP(hostname) === 0 && { servername: hostname }),
  };
  const base = server.pathname.replace(/\/$/, "");
  return (request) =>
    send((isTls ? https : http).request, server.origin, request, {
      ...options,
      method: request.method,
      path: `${base}${request.path}`,
      signal: request.signal,
      headers: {
        accept: request.accept ?? "application/json",
        "user-agent": "spacelift-selfhosted",
        ...(credentials.authorization !== undefined && { authorization: credentials.authorization }),
        ...(request.body !== undefined && {
          "content-type": request.method === "PATCH" ? "application/merge-patch+json" : "application/json",
        }),
      },
    });
}

function serverUrl(server: string): URL {
  // As kubectl does: without a scheme, it is a host that speaks TLS.
  const text = server.includes("://") ? server : `https://${server}`;
  if (!URL.canParse(text) || !/^https?:/.test(text)) {
    throw new KubeError("configuration", "the kubeconfig names a server that is no http(s) URL");
  }
  return new URL(text);
}

function send(
  start: typeof https.request,
  origin: string,
  { body, signal }: KubeRequest,
  options: https.RequestOptions,
): Promise<KubeResponse> {
  return new Promise((fulfil, reject) => {
    const fail = (error: unknown): void => {
      if (signal.aborted) {
        reject(new KubeError("timeout", `${origin} did not answer in time`));
        return;
      }
      const { kind, reason } = connectionProblem(error);
      reject(new KubeError(kind === "certificate" ? "untrusted" : "unreachable", `${origin} ${reason}`));
    };
    let request: http.ClientRequest;
    try {
      request = start(options);
    } catch {
      // OpenSSL's words about a key or certificate that it cannot read help nobody, and could quote it.
      const problem = "the certificate authority, client certificate or key of the kubeconfig is no PEM";
      reject(new KubeError("configuration", problem));
      return;
    }
    request.on("error", fail);
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > MOST_BYTES) request.destroy(new Error(`its answer is longer than ${MOST_BYTES} bytes`));
      });
      response.on("error", fail);
      response.on("end", () => {
        fulfil({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") });
      });
    });
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
