import { type IncomingHttpHeaders, type RequestOptions, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { X509Certificate } from "node:crypto";
import { TLSSocket } from "node:tls";
import { goServerIdentity } from "./server-identity";

const DEFAULT_TIMEOUT_MS = 5_000;
const LARGEST_ANSWER = 1 << 20;

/** A request to a peer. */
export interface Question {
  readonly url: URL;
  /** @default "GET" */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Trusted CAs, PEM. @default - the public ones */
  readonly ca?: readonly string[];
  /** Talk to a peer whose certificate does not hold. @default false */
  readonly insecure?: boolean;
  /** Certificate and key of this side, PEM. @default - none */
  readonly identity?: { readonly certificate: string; readonly key: string };
  /** Path of a Unix socket to use instead of the URL's host. */
  readonly socketPath?: string;
  readonly signal: AbortSignal;
  /** Time for the whole exchange. @default 5000 */
  readonly timeoutMs?: number;
}

/** A peer, and how it is reached. */
export interface Peer extends Required<Pick<Question, "insecure" | "signal">> {
  /** `https://host[:port]`. */
  readonly origin: string;
  /** CAs to trust, PEM. */
  readonly ca: readonly string[];
}

/** What a peer said. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The body, cut off after a mebibyte. */
  readonly text: string;
  /** Certificate of the peer; undefined without TLS. */
  readonly certificate?: X509Certificate;
}

/**
 * Sends one request over a connection of its own; redirects are not followed, every status is an answer. Rejects with
 * the system's error when there is none (see `connectionProblem`): `ETIMEDOUT` when time is up.
 */
export function ask(question: Question): Promise<Answer> {
  const { url, signal } = question;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const exchange = send(url, optionsOf(question), (response) => {
      const { socket } = response;
      const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
      const chunks: Buffer[] = [];
      let size = 0;
      const give = (): void => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString("utf8"),
          ...(certificate && { certificate }),
        });
      };
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size < LARGEST_ANSWER) return;
        give();
        response.destroy();
      });
      response.once("end", give);
      response.once("error", reject);
    });
    const timeoutMs = question.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const timer = setTimeout(() => {
      exchange.destroy(Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" }));
    }, timeoutMs);
    exchange.once("close", () => {
      clearTimeout(timer);
    });
    exchange.once("error", reject);
    exchange.end();
  });
}

function optionsOf(question: Question): RequestOptions & Record<string, unknown> {
  const { identity, socketPath } = question;
  return {
    method: question.method ?? "GET",
    headers: question.headers ?? {},
    // A connection of its own, which does not keep the process alive afterwards.
    agent: false,
    signal: question.signal,
    rejectUnauthorized: question.insecure !== true,
    checkServerIdentity: goServerIdentity,
    ...(question.ca && { ca: [...question.ca] }),
    ...(identity && { cert: identity.certificate, key: identity.key }),
    ...(socketPath !== undefined && { socketPath }),
  };
}

/** Sends a request to a path of a peer. */
export const askPeer = (
  { origin, ca, insecure, signal }: Peer,
  path: string,
  request: Pick<Question, "method" | "headers"> = {},
): Promise<Answer> => ask({ url: new URL(path, origin), ca, insecure, signal, ...request });
