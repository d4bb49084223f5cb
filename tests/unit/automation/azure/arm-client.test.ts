import assert from "node:assert/strict";
import { z } from "zod";
import { ArmClient, ArmError, type ArmRequest } from "../../../../automation/azure/arm-client";
import { createSend } from "../../../../automation/azure/http";
import { accessToken } from "../../../../rehearsal/twins/azure/api/entra";
import { withArm } from "../../../support/arm/server";
import { subscriptionId } from "../../../support/azure-configurations";

const named = z.object({ name: z.string() });
const path = `/subscriptions/${subscriptionId}`;
const locations: ArmRequest = { api: "subscriptions", path: `${path}/locations` };
const group: ArmRequest = { api: "resources", path: `${path}/resourceGroups/none` };

describe("ArmClient", () => {
  const arm = withArm();
  const client = (
    changes: { readonly token?: string; readonly signal?: AbortSignal; readonly origin?: string } = {},
  ): ArmClient =>
    new ArmClient({
      origin: arm.origin(),
      token: accessToken(arm.world()),
      send: createSend({ ca: arm.ca }),
      signal: AbortSignal.timeout(100_000),
      ...changes,
    });
  const rejects = async (answer: Promise<unknown>, code: string, message: RegExp): Promise<ArmError> => {
    let problem: ArmError | undefined;
    await assert.rejects(answer, (error) => {
      assert.ok(error instanceof ArmError, String(error));
      assert.equal(error.code, code);
      assert.match(error.message, message);
      assert.doesNotMatch(
        `${error.message} ${error.stack ?? ""} ${JSON.stringify(error)}`,
        /planted-token|eyJ/,
      );
      problem = error;
      return true;
    });
    return problem!;
  };
  const plant = (
    status: number,
    code: string,
    times: number,
    headers: Readonly<Record<string, string>> = {},
  ): void => {
    arm.world().faults.push({ path: /locations$/, status, code, times, headers });
  };

  it("reads every page of a list", async () => {
    const found = await client().list(locations, named);
    assert.deepEqual(
      found.map(({ name }) => name),
      ["westeurope", "northeurope", "westus", "polandcentral"],
    );
    assert.equal(arm.requests().length, 2);
  });

  it("does not follow a page to another host, with the token", async () => {
    const send = createSend({ ca: arm.ca });
    const stranger = new ArmClient({
      origin: arm.origin(),
      token: accessToken(arm.world()),
      signal: AbortSignal.timeout(100_000),
      send: async (request) => {
        const answer = await send(request);
        return {
          ...answer,
          bodyAsText: (answer.bodyAsText ?? "").replace(
            /"nextLink":"https:\/\/[^/]+/,
            `"nextLink":"https://elsewhere.example.com`,
          ),
        };
      },
    });
    await rejects(stranger.list(locations, named), "UnexpectedAnswer", /another host/);
  });

  it("finds nothing where there is nothing", async () => {
    assert.equal(await client().find(group, named), undefined);
    assert.equal(await client().findList({ ...group, path: `${group.path}/resources` }, named), undefined);
    await rejects(
      client().get(group, named),
      "ResourceGroupNotFound",
      /^ResourceGroupNotFound: Resource group 'none' could not be found$/,
    );
  });

  it("does not take a missing subscription for a missing thing", async () => {
    arm.world().subscriptionId = "99999999-2222-3333-4444-555555555555";
    await rejects(client().find(group, named), "SubscriptionNotFound", /could not be found/);
  });

  it("tries again when Azure is busy, after the time it asks for", async () => {
    plant(429, "SubscriptionRequestsThrottled", 1, { "retry-after": "1" });
    plant(503, "ServerTimeout", 1, { "retry-after": "0" });
    const started = performance.now();
    assert.equal((await client().list(locations, named)).length, 4);
    assert.ok(performance.now() - started > 900);
    assert.equal(arm.requests().length, 4);
  });

  it("gives up at once when Azure asks for more time than a check has", async () => {
    plant(429, "SubscriptionRequestsThrottled", 9, { "retry-after": "3600" });
    const error = await rejects(
      client().list(locations, named),
      "SubscriptionRequestsThrottled",
      /after 3600 s\)$/,
    );
    assert.equal(error.status, 429);
    assert.equal(arm.requests().length, 1);
  });

  it("stops waiting when it is told to", async () => {
    plant(429, "SubscriptionRequestsThrottled", 9, { "retry-after": "10" });
    const started = performance.now();
    await assert.rejects(client({ signal: AbortSignal.timeout(300) }).list(locations, named), {
      name: "TimeoutError",
    });
    assert.ok(performance.now() - started < 9_500);
  });

  it("tells which tenant's token Azure would take", async () => {
    const other = "bbbbbbbb-0000-4000-8000-000000000001";
    const answer = client({ token: accessToken(arm.world(), other) }).list(locations, named);
    const error = await rejects(answer, "InvalidAuthenticationTokenTenant", /wrong issuer/);
    assert.equal(error.tenantId, arm.world().tenantId);
    assert.equal(error.status, 401);
  });

  it("tells when the token has expired, or is none", async () => {
    const old = accessToken(arm.world(), arm.world().tenantId, { exp: 1 });
    await rejects(client({ token: old }).list(locations, named), "ExpiredAuthenticationToken", /expiry/);
    await rejects(
      client({ token: "nonsense" }).list(locations, named),
      "AuthenticationFailed",
      /Authentication failed$/,
    );
  });

  it("tells what may not be read", async () => {
    arm.world().permissions.clear();
    const error = await rejects(
      client().list(locations, named),
      "AuthorizationFailed",
      /does not have authorization/,
    );
    assert.equal(error.status, 403);
  });

  it("tells which field is not as expected, and not what it is", async () => {
    await rejects(
      client().list(locations, z.object({ name: z.number() })),
      "UnexpectedAnswer",
      /locations with something else than expected at `name`$/,
    );
  });

  it("reads an error without an envelope, and one that is no JSON", async () => {
    const answering = (bodyAsText: string): ArmClient =>
      new ArmClient({
        origin: arm.origin(),
        token: "planted-token",
        signal: AbortSignal.timeout(100_000),
        send: async (request) => ({
          ...(await createSend({ ca: arm.ca })(request)),
          status: 502,
          bodyAsText,
        }),
      });
    await rejects(
      answering('{"code":"Broken","message":"Try later. Or not."}').get(group, named),
      "Broken",
      /^Broken: Try later$/,
    );
    await rejects(answering("<html>").get(group, named), "HTTP 502", /answers status 502 without a word$/);
  });

  it("tells that nobody answers", async () => {
    const origin = "https://localhost:1";
    await rejects(
      client({ origin }).list(locations, named),
      "Unreachable",
      /at https:\/\/localhost:1 refuses the connection: nothing listens there$/,
    );
  });
});
