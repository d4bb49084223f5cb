import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createPipelineRequest,
  decompressResponsePolicy,
  type PipelineRequestOptions,
  type PipelineResponse,
  proxyPolicy,
  retryPolicy,
  type RetryStrategy,
  tlsPolicy,
} from "@azure/core-rest-pipeline";
import type { Cloud } from "../../config/aks/regions";

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

/** Seconds or a date, as a header gives it, in milliseconds from now. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

const busy: RetryStrategy = {
  name: "azure-is-busy",
  retry({ retryCount, response }) {
    if (response?.status !== 429 && response?.status !== 503) return { skipStrategy: true };
    const pause =
      retryAfterMs(response.headers.get("retry-after"), Date.now()) ?? firstPauseMs * 2 ** retryCount;
    // Nobody waits an hour for a check: what Azure said goes to the reader instead.
    return pause > longestWaitMs ? { skipStrategy: true } : { retryAfterInMs: pause };
  },
};

/** Makes a {@link Send} that goes through the proxy of HTTPS_PROXY, if there is one. */
export function createSend({ ca }: HttpOptions = {}): Send {
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(decompressResponsePolicy());
  pipeline.addPolicy(proxyPolicy());
  if (ca !== undefined) pipeline.addPolicy(tlsPolicy({ ca }));
  pipeline.addPolicy(retryPolicy([busy], { maxRetries: mostRetries }), { phase: "Retry" });
  const client = createDefaultHttpClient();
  return (request) => pipeline.sendRequest(client, createPipelineRequest(request));
}

/** The code of a failed connection, `ENOTFOUND`, and never the request. */
export function connectionProblem(error: unknown): string {
  if (!(error instanceof Error)) return "no connection";
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  if (typeof code === "string" && code !== "REQUEST_SEND_ERROR") return `no connection (${code})`;
  return cause === undefined ? `no connection (${error.name})` : connectionProblem(cause);
}
