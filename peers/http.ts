import type { X509Certificate } from "node:crypto";
import { type Agent, type IncomingHttpHeaders, type RequestOptions, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { pipeline, Readable } from "node:stream";
import { type SecureContext, TLSSocket } from "node:tls";
import { goServerIdentity } from "./trust";

const DEFAULT_TIMEOUT_MS = 5_000;
const DEFAULT_MOST_BYTES = 1 << 20;
/** Of what a server says about a refusal. */
const MOST_REFUSED_BYTES = 1 << 20;

export interface HttpRequest {
  readonly url: URL;
  /** @default "GET" */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream is sent as it is read, and destroyed when the exchange ends early. */
  readonly body?: string | Buffer | Readable;
  /** Trusted CAs, PEM. @default - the public ones */
  readonly ca?: readonly string[];
  /** Certificate and key of this side, PEM. @default - none */
  readonly identity?: { readonly certificate: string; readonly key: string };
  /** Both of these, prepared: reading the CAs of a machine takes a while. */
  readonly secureContext?: SecureContext | undefined;
  /** Talk to a server whose certificate does not hold. @default false */
  readonly insecure?: boolean;
  /** Name to ask the server for, and to compare its certificate with. @default - the host of the URL */
  readonly servername?: string | undefined;
  /** Receives the connection once TLS is there, trusted or not. */
  readonly onSecure?: (socket: TLSSocket) => void;
  /** Path of a Unix socket to use instead of the URL's host. */
  readonly socketPath?: string;
  readonly lookup?: LookupFunction;
  /** Keeps connections, or tunnels them. @default - a connection of its own, which ends with the answer */
  readonly agent?: Agent | undefined;
  readonly signal: AbortSignal;
  /** Time for the whole exchange; Infinity: as long as the signal lets it. @default 5000 */
  readonly timeoutMs?: number;
  /** Time in which nothing may be sent or received. @default - no limit of its own */
  readonly idleMs?: number;
  /** Time for the answer, from when all is sent. @default - no limit of its own */
  readonly answerMs?: number;
  /** Bytes of the body to read; what follows is cut off. 0: none, the headers say it all. @default - a mebibyte */
  readonly mostBytes?: number;
  /** Reject a longer body with `ERR_BODY_TOO_LARGE`, unless it is that of a refusal. @default false */
  readonly whole?: boolean;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Whether there was more than `text`. */
  readonly isCut: boolean;
  /** Certificate of the server; undefined without TLS. */
  readonly certificate?: X509Certificate;
}

/**
 * Makes one request; redirects are not followed, every status is an answer. Rejects with the system's error when there is
 * none (see `connectionProblem`): `ETIMEDOUT` when time is up.
 */
export function request(options: HttpRequest): Promise<HttpResponse> {
  const { url, signal, body, onSecure, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const { mostBytes: mostWanted = DEFAULT_MOST_BYTES, whole = false } = options;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const exchange = send(url, optionsOf(options), (response) => {
      const { socket } = response;
      const isSecure = socket instanceof TLSSocket;
      // Tunnelled connections arrive with TLS established.
      if (isSecure) onSecure?.(socket);
      const certificate = isSecure ? socket.getPeerX509Certificate() : undefined;
      const isRefusal = (response.statusCode ?? 0) >= 400;
      const mostBytes = isRefusal ? Math.min(mostWanted, MOST_REFUSED_BYTES) : mostWanted;
      const chunks: Buffer[] = [];
      let size = 0;
      const give = (isCut: boolean): void => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString("utf8"),
          isCut,
          ...(certificate && { certificate }),
        });
      };
      if (mostBytes === 0) {
        give(true);
        response.destroy();
        return;
      }
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size < mostBytes) return;
        if (whole && !isRefusal) {
          // Nothing is built of what is of no use.
          chunks.length = 0;
          reject(Object.assign(new Error("the body is too large"), { code: "ERR_BODY_TOO_LARGE" }));
        } else give(true);
        response.destroy();
      });
      response.once("end", () => {
        give(false);
      });
      response.once("error", reject);
    });
    const expire = (): void => {
      exchange.destroy(Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" }));
    };
    if (options.idleMs !== undefined) exchange.setTimeout(options.idleMs, expire);
    const timers = Number.isFinite(timeoutMs) ? [setTimeout(expire, timeoutMs)] : [];
    const { answerMs } = options;
    if (answerMs !== undefined) exchange.once("finish", () => timers.push(setTimeout(expire, answerMs)));
    exchange.once("close", () => {
      timers.forEach(clearTimeout);
    });
    exchange.once("socket", (socket) => {
      if (onSecure)
        socket.once("secureConnect", () => {
          if (socket instanceof TLSSocket) onSecure(socket);
        });
    });
    exchange.once("error", reject);
    if (body instanceof Readable)
      pipeline(body, exchange, (error) => {
        if (error) reject(error);
      });
    else exchange.end(body);
  });
}

function optionsOf(options: HttpRequest): RequestOptions & Record<string, unknown> {
  const {
    method = "GET",
    headers = {},
    ca,
    identity,
    socketPath,
    secureContext,
    servername,
    lookup,
  } = options;
  return {
    method,
    headers,
    agent: options.agent ?? false,
    signal: options.signal,
    rejectUnauthorized: options.insecure !== true,
    checkServerIdentity: goServerIdentity,
    ...(ca && { ca: [...ca] }),
    ...(identity && { cert: identity.certificate, key: identity.key }),
    ...(secureContext && { secureContext }),
    ...(servername !== undefined && { servername }),
    ...(lookup && { lookup }),
    ...(socketPath !== undefined && { socketPath }),
  };
}

/** Whether an answer is a web page, as portals and proxies give it in place of what was asked for. */
export const isPage = ({ text }: Pick<HttpResponse, "text">): boolean =>
  /^\s*<(?:!doctype|html|head|body)\b/i.test(text);

/** A server, and how it is reached. */
export interface Peer extends Required<Pick<HttpRequest, "insecure" | "signal">> {
  /** `https://host[:port]`. */
  readonly origin: string;
  /** CAs to trust, PEM. */
  readonly ca: readonly string[];
  /** Keeps connections, or tunnels them. @default - a connection for each request */
  readonly agent?: Agent;
}

/** Makes a request to a path of a server. */
export const requestPeer = (
  { origin, ...by }: Peer,
  path: string,
  more: Pick<HttpRequest, "method" | "headers" | "body" | "timeoutMs"> = {},
): Promise<HttpResponse> => request({ url: new URL(path, origin), ...by, ...more });
