import { readFile } from "node:fs/promises";
import {
  ClientAssertionCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  DefaultAzureCredential,
  ManagedIdentityCredential,
  type TokenCredential,
} from "@azure/identity";
import { createHttpHeaders } from "@azure/core-rest-pipeline";
import { z } from "zod";
import { readCertificate } from "./certificate";
import { cliToken } from "./azure-cli";
import { type CloudEndpoints, cloudEndpoints, type HttpOptions, identityHttpClient, type Send } from "./http";
import { type AssertionSource, type CredentialChoice, CredentialProblem, type Env } from "./credentials";
import { entraProblem } from "./entra-problem";
import { parseJson } from "../../peers/json";

/** What a token is asked for. */
export interface TokenOptions {
  readonly choice: CredentialChoice;
  readonly endpoints: CloudEndpoints;
  readonly subscriptionId: string;
  readonly env: Env;
  readonly http: HttpOptions;
  readonly send: Send;
  readonly signal: AbortSignal;
}

/**
 * Gets a token for Azure Resource Manager in the way that was chosen.
 *
 * @throws CredentialProblem
 */
export async function getToken(options: TokenOptions): Promise<string> {
  const { choice, endpoints, subscriptionId, env, signal } = options;
  if (choice.method === "cli") {
    return cliToken({ endpoints, subscriptionId, tenantId: choice.tenantId, env, signal });
  }
  try {
    const credential = await credentialOf(choice, options);
    const answer = await credential.getToken(`${endpoints.resourceManager}/.default`, {
      abortSignal: signal,
    });
    if (answer) return answer.token;
    throw new CredentialProblem("refused", "the credentials gave no token", "log in again");
  } catch (error) {
    signal.throwIfAborted();
    throw (await tenantProblem(error, options)) ?? entraProblem(error, choice);
  }
}

type LibraryChoice = Exclude<CredentialChoice, { readonly method: "cli" }>;

async function credentialOf(choice: LibraryChoice, options: TokenOptions): Promise<TokenCredential> {
  const { endpoints, http, env } = options;
  const known = Object.values(cloudEndpoints).some(({ authority }) => authority === endpoints.authority);
  const common = {
    authorityHost: endpoints.authority,
    // Whether an authority is Microsoft's is asked of Microsoft: pointless for another.
    disableInstanceDiscovery: !known,
    retryOptions: { maxRetries: 2 },
    httpClient: identityHttpClient,
    ...(http.ca !== undefined && { tlsOptions: { ca: http.ca } }),
  };
  switch (choice.method) {
    case "secret":
      return new ClientSecretCredential(choice.tenantId, choice.clientId, choice.secret, common);
    case "certificate": {
      const certificate = await readCertificate(choice.path, choice.password, env);
      return new ClientCertificateCredential(choice.tenantId, choice.clientId, { certificate }, common);
    }
    case "oidc": {
      // Asked for beforehand: the library would hide why there is none.
      const token = await assertion(choice.assertion, options);
      const give = (): Promise<string> => Promise.resolve(token);
      return new ClientAssertionCredential(choice.tenantId, choice.clientId, give, common);
    }
    case "managedIdentity":
      return choice.clientId === undefined
        ? new ManagedIdentityCredential(common)
        : new ManagedIdentityCredential({ ...common, clientId: choice.clientId });
    case "default":
      return new DefaultAzureCredential(
        choice.tenantId === undefined ? common : { ...common, tenantId: choice.tenantId },
      );
  }
}

/** Why a tenant's endpoints could not be found, which the library does not tell: asked again, and read. */
async function tenantProblem(
  error: unknown,
  { choice, endpoints, send, signal }: TokenOptions,
): Promise<CredentialProblem | undefined> {
  const unresolved = error instanceof Error && error.message.includes("endpoints_resolution_error");
  if (!unresolved || !("tenantId" in choice) || choice.tenantId === undefined) return undefined;
  const url = `${endpoints.authority}/${choice.tenantId}/v2.0/.well-known/openid-configuration`;
  try {
    const { status, bodyAsText } = await send({ url, abortSignal: signal });
    const said = bodyAsText ?? "";
    if (said.includes("AADSTS")) return entraProblem(new Error(said), choice);
    const what = status === 200 ? "something else than its endpoints" : `status ${status}`;
    return new CredentialProblem(
      "unreachable",
      `the token service of Entra ID answers with ${what}: something in between may answer in its place`,
      "see what answers at the token service's address, and that HTTPS_PROXY is right",
    );
  } catch (cause) {
    return entraProblem(cause, choice);
  }
}

const issued = z.object({ value: z.string().min(1) });

async function assertion(source: AssertionSource, { send, signal }: TokenOptions): Promise<string> {
  switch (source.from) {
    case "value":
      return source.token;
    case "file":
      try {
        // As it is: the provider sends what is in the file, too.
        return await readFile(source.path, "utf8");
      } catch {
        throw new CredentialProblem(
          "federation",
          "the file of ARM_OIDC_TOKEN_FILE_PATH cannot be read",
          "set ARM_OIDC_TOKEN_FILE_PATH to the file with the OIDC token",
        );
      }
    case "request": {
      const url = new URL(source.url);
      url.searchParams.set("audience", source.audience);
      const request = createHttpHeaders({
        accept: "application/json",
        authorization: `Bearer ${source.requestToken}`,
      });
      const answer = await send({ url: url.href, headers: request, abortSignal: signal });
      const { data } = issued.safeParse(parseJson(answer.bodyAsText ?? ""));
      if (answer.status === 200 && data !== undefined) return data.value;
      throw new CredentialProblem(
        "federation",
        `the issuer of OIDC tokens gave none (HTTP ${answer.status})`,
        "see that the job may ask for one: `permissions: id-token: write` in GitHub Actions",
      );
    }
  }
}
