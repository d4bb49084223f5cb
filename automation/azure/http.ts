import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import {
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type PipelineRequest,
  type PipelineRequestOptions,
  type PipelineResponse,
  proxyPolicy,
  RestError,
  retryPolicy,
  type RetryStrategy,
  tlsPolicy,
} from "@azure/core-rest-pipeline";
import type { Cloud } from "../../config/aks/regions";
import { connectionProblem as peerProblem } from "../../peers/connection";
import { request as requestOnce } from "../../peers/http";
import { retryAfterMs } from "../../peers/retry-after";

/** Where the services of an Azure cloud answer, without trailing slashes. */
export interface CloudEndpoints {
  /** What `az cloud set --name` calls the cloud. */
  readonly name: string;
  /** Origin of Azure Resource Manager. */
  readonly resourceManager: string;
  /** Origin of Entra ID's token service. */
  readonly authority: string;
}

/** The endpoints of each cloud that a configuration may name. */
export const cloudEndpoints: Readonly<Record<Cloud, CloudEndpoints>> = {
  public: {
    name: "AzureCloud",
    resourceManager: "https://management.azure.com",
    authority: "https://login.microsoftonline.com",
  },
  usgovernment: {
    name: "AzureUSGovernment",
    resourceManager: "https://management.usgovcloudapi.net",
    authority: "https://login.microsoftonline.us",
  },
  china: {
    name: "AzureChinaCloud",
    resourceManager: "https://management.chinacloudapi.cn",
    authority: "https://login.chinacloudapi.cn",
  },
};

/** How the services of Azure are reached. */
export interface HttpOptions {
  /** Certificate authorities to trust in place of the system's, PEM. */
  readonly ca?: string;
}

/** Sends one request, again where Azure asks for it, and gives any answer there is; rejects when there is none. */
export type Send = (request: PipelineRequestOptions) => Promise<PipelineResponse>;

/** The longest that is waited for Azure to have time again, in milliseconds. */
export const longestWaitMs = 10_000;

const mostRetries = 4;
const firstPauseMs = 500;

const askedToWaitMs = ({ headers }: Pick<PipelineResponse, "headers">): number | undefined =>
  retryAfterMs({ retryAfter: headers.get("retry-after"), date: headers.get("date") }, Date.now());

const busy: RetryStrategy = {
  name: "azure-is-busy",
  retry({ retryCount, response }) {
    if (response?.status !== 429 && response?.status !== 503) return { skipStrategy: true };
    const pause = askedToWaitMs(response) ?? firstPauseMs * 2 ** retryCount;
    // Nobody waits an hour for a check: what Azure said goes to the reader instead.
    return pause > longestWaitMs ? { skipStrategy: true } : { retryAfterInMs: pause };
  },
};

/** Longer than Azure itself takes to answer, shorter than any check has. */
const TIMEOUT_MS = 20_000;
/** A token is asked for three times before its check is over. */
const TOKEN_TIMEOUT_MS = 10_000;
/** The largest list that is read, of the sizes of machines in a region, has pages of some megabytes; many are read at once. */
const MOST_BYTES = 8 << 20;

const agents = { "http:": new HttpAgent({ keepAlive: true }), "https:": new HttpsAgent({ keepAlive: true }) };

/**
 * What the libraries of Azure send requests with, in place of their own client: that one reads whatever comes, unpacks it, and
 * waits for as long as it takes.
 */
const boundedHttpClient = (longestMs: number): HttpClient => ({
  async sendRequest(request) {
    const url = new URL(request.url);
    const { agent, tlsSettings, timeout, body } = request;
    if (url.protocol !== "https:" && !request.allowInsecureConnection)
      throw new Error(`${url.origin} is not asked without TLS`);
    if (typeof body === "object" || typeof body === "function")
      throw new Error("bug: a request to Azure whose body is no text");
    try {
      const answer = await requestOnce({
        url,
        method: request.method,
        headers: { ...request.headers.toJSON(), "accept-encoding": "identity" },
        ...(body !== undefined && { body }),
        ...(tlsSettings?.ca !== undefined && { ca: [tlsSettings.ca].flat().map(String) }),
        agent: agent instanceof HttpAgent ? agent : agents[url.protocol === "http:" ? "http:" : "https:"],
        signal: (request.abortSignal as AbortSignal | undefined) ?? new AbortController().signal,
        timeoutMs: timeout > 0 ? Math.min(timeout, longestMs) : longestMs,
        mostBytes: MOST_BYTES,
        whole: true,
      });
      const headers = createHttpHeaders();
      for (const [name, value] of Object.entries(answer.headers))
        if (value !== undefined) headers.set(name, [value].flat().join(", "));
      return { request, status: answer.status, headers, bodyAsText: answer.text };
    } catch (error) {
      throw asRestError(error, request);
    }
  },
});

const armHttpClient = boundedHttpClient(TIMEOUT_MS);
const tokenHttpClient = boundedHttpClient(TOKEN_TIMEOUT_MS);

/** For the library that gets tokens, which waits for as long as an answer asks it to, be it days. */
export const identityHttpClient: HttpClient = {
  async sendRequest(request) {
    const response = await tokenHttpClient.sendRequest(request);
    const asked = askedToWaitMs(response);
    if ((asked ?? 0) > longestWaitMs) response.headers.delete("retry-after");
    return response;
  },
};

/** The libraries try again what they know as an error of a request. */
function asRestError(error: unknown, request: PipelineRequest): unknown {
  if (!(error instanceof Error) || error.name === "AbortError") return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : RestError.REQUEST_SEND_ERROR;
  return Object.assign(new RestError(error.message, { code, request }), { cause: error });
}

/** Makes a {@link Send} that goes through the proxy of HTTPS_PROXY, if there is one. */
export function createSend({ ca }: HttpOptions = {}): Send {
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(proxyPolicy());
  if (ca !== undefined) pipeline.addPolicy(tlsPolicy({ ca }));
  pipeline.addPolicy(retryPolicy([busy], { maxRetries: mostRetries }), { phase: "Retry" });
  return (request) => pipeline.sendRequest(armHttpClient, createPipelineRequest(request));
}

const NOT_UNDERSTOOD = "gives no answer that is understood";

/** Why there was no answer, in words that follow the peer's name; never the request. */
export function connectionProblem(error: unknown): string {
  if (!(error instanceof Error)) return NOT_UNDERSTOOD;
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  // What the libraries make of an error keeps its cause, or at least its code.
  if (cause !== undefined) return connectionProblem(cause);
  if (typeof code !== "string" || code === RestError.REQUEST_SEND_ERROR) return NOT_UNDERSTOOD;
  const { reason } = peerProblem(error);
  return reason.startsWith("fails: ") ? `cannot be reached (${code})` : reason;
}
