import assert from "node:assert/strict";
import { exchangeToken } from "../../../../components/platform/aks/acr-login";
import { withExchange } from "../../../support/exchange";

describe("exchangeToken", () => {
  const exchange = withExchange();
  const options = (): Parameters<typeof exchangeToken>[0] => ({
    loginServer: "registry.azurecr.io",
    tenantId: "tenant",
    accessToken: "planted-access-token",
    loginUrl: exchange.url(),
    pauses: [1, 1],
    timeout: 60_000,
  });

  it("asks as `az acr login` does", async () => {
    assert.equal(await exchangeToken(options()), exchange.token);
    assert.deepEqual(Object.fromEntries(exchange.requests()[0] ?? []), {
      grant_type: "access_token",
      service: "registry.azurecr.io",
      tenant: "tenant",
      access_token: "planted-access-token",
    });
  });

  it("waits for a role that was assigned a moment ago", async () => {
    exchange.refuse(401, 403);
    assert.equal(await exchangeToken(options()), exchange.token);
    assert.equal(exchange.requests().length, 3);
  });

  it("rejects at last, naming the registry and never a token", async () => {
    exchange.refuse(401, 401, 401);
    await assert.rejects(exchangeToken(options()), (error) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, /registry\.azurecr\.io gave no login: HTTP 401; .* AcrPush/);
      assert.doesNotMatch(JSON.stringify([error.message, error.stack, error.cause]), /planted/);
      return true;
    });
    assert.equal(exchange.requests().length, 3);
  });

  it("rejects at once what no other try would mend", async () => {
    exchange.refuse(400);
    await assert.rejects(exchangeToken(options()), /HTTP 400/);
    assert.equal(exchange.requests().length, 1);
  });

  it("rejects an answer without a token", async () => {
    const answer = { ok: true, status: 200, json: () => Promise.resolve({}) };
    await assert.rejects(
      exchangeToken({ ...options(), fetch: () => Promise.resolve(answer) }),
      /an answer without a token/,
    );
  });

  it("gives up on a registry that does not answer in time", async () => {
    let tries = 0;
    const fetch = (_: string, { signal }: { readonly signal: AbortSignal }): Promise<never> => {
      tries += 1;
      return new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
        });
      });
    };
    await assert.rejects(
      exchangeToken({ ...options(), fetch, timeout: 20 }),
      /no connection \(TimeoutError\)/,
    );
    assert.equal(tries, 3);
  });

  it("names the cause of a connection that fails", async () => {
    await assert.rejects(
      exchangeToken({ ...options(), loginUrl: "http://127.0.0.1:1", pauses: [] }),
      /no connection \((?:ECONNREFUSED|TypeError)\)/,
    );
  });
});
