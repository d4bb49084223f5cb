import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import type { SecretString } from "../platform";

/** User name that goes with a token instead of a person's password. */
export const tokenUsername = "00000000-0000-0000-0000-000000000000";

/** The part of `fetch` that the exchange uses. */
export type Fetch = (
  url: string,
  init: {
    readonly method: "POST";
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly signal: AbortSignal;
  },
) => Promise<{ readonly ok: boolean; readonly status: number; json(): Promise<unknown> }>;

export interface ExchangeOptions {
  /** Host of the registry. */
  readonly loginServer: string;
  readonly tenantId: string;
  /** Token for Azure Resource Manager. */
  readonly accessToken: string;
  /** Origin that answers the exchange. @default - `https://<loginServer>` */
  readonly loginUrl?: string | undefined;
  /** @default - the global `fetch` */
  readonly fetch?: Fetch | undefined;
  /** Pauses before each further attempt, in milliseconds. @default - 5 s to 40 s, two minutes in all */
  readonly pauses?: readonly number[] | undefined;
  /** Limit of one attempt in milliseconds. @default 30000 */
  readonly timeout?: number | undefined;
}

const defaultPauses = [5_000, 10_000, 20_000, 40_000, 40_000];

// A role that was assigned a moment ago may take minutes to be honoured, and a new name as long to be found.
const worthAnotherTry = new Set([401, 403, 404, 408, 429, 500, 502, 503, 504]);

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/**
 * Exchanges a token for Azure Resource Manager for one of the registry's, as `az acr login` does: good for about three
 * hours.
 *
 * @throws RunError that names the registry and the status, never a token
 */
export async function exchangeToken(options: ExchangeOptions): Promise<string> {
  const { loginServer, pauses = defaultPauses } = options;
  let outcome = "";
  for (let attempt = 0; attempt <= pauses.length; attempt++) {
    if (attempt > 0) await sleep(pauses[attempt - 1] ?? 0);
    const answer = await ask(options);
    if ("token" in answer) return answer.token;
    outcome = answer.problem;
    if (!answer.retry) break;
  }
  throw new pulumi.RunError(
    `the registry ${loginServer} gave no login: ${outcome}; the deploying identity needs the role AcrPush on it, or Owner or Contributor`,
  );
}

async function ask(
  options: ExchangeOptions,
): Promise<{ readonly token: string } | { readonly problem: string; readonly retry: boolean }> {
  const { loginServer, loginUrl, tenantId, accessToken, timeout = 30_000 } = options;
  const send: Fetch = options.fetch ?? fetch;
  let answer;
  try {
    answer = await send(`${loginUrl ?? `https://${loginServer}`}/oauth2/exchange`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        grant_type: "access_token",
        service: loginServer,
        tenant: tenantId,
        access_token: accessToken,
      }).toString(),
      signal: AbortSignal.timeout(timeout),
    });
  } catch (error) {
    // The connection failed or took too long; the cause is named, the request with its token is not.
    return { problem: connectionProblem(error), retry: true };
  }
  if (!answer.ok) {
    return { problem: `HTTP ${answer.status}`, retry: worthAnotherTry.has(answer.status) };
  }
  const body = await answer.json();
  const token =
    typeof body === "object" && body !== null && "refresh_token" in body ? body.refresh_token : "";
  return typeof token === "string" && token !== ""
    ? { token }
    : { problem: "an answer without a token", retry: false };
}

function connectionProblem(error: unknown): string {
  if (!(error instanceof Error)) return "no connection";
  const cause: unknown = error.cause;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined;
  return typeof code === "string" ? `no connection (${code})` : `no connection (${error.name})`;
}

export interface LoginOptions extends Pick<ExchangeOptions, "loginUrl" | "fetch" | "pauses" | "timeout"> {
  readonly loginServer: pulumi.Output<string>;
}

/**
 * A short-lived password for a registry, from the credentials that Pulumi itself has for Azure. A preview asks nobody:
 * the registry may not be there yet, and nothing is pushed.
 */
export function registryPassword(options: LoginOptions, opts: pulumi.InvokeOptions): SecretString {
  if (pulumi.runtime.isDryRun()) return pulumi.secret("known when images are pushed");
  const { token } = authorization.getClientTokenOutput({}, opts);
  const { tenantId } = authorization.getClientConfigOutput(opts);
  const { loginServer, ...rest } = options;
  return pulumi.secret(
    pulumi
      .all([loginServer, tenantId, pulumi.secret(token)])
      .apply(([server, tenant, accessToken]) =>
        exchangeToken({ ...rest, loginServer: server, tenantId: tenant, accessToken }),
      ),
  );
}
