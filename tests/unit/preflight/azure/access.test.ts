import type { RequestListener } from "node:http";
import { gzipSync } from "node:zlib";
import assert from "node:assert/strict";
import { azureChecks } from "../../../../preflight/azure";
import { applicationEnv, runAzureChecks, subjectOf } from "../../../support/arm/checks";
import { accessToken } from "../../../../rehearsal/twins/azure/api/entra";
import { fakeAz } from "../../../support/arm/fake-az";
import { addInstallation } from "../../../support/arm/given-resources";
import { withArm } from "../../../support/arm/server";
import { answerTo, oidcAssertion } from "../../../../rehearsal/twins/azure/api/service";
import { type CheckResult, runChecks } from "../../../../preflight/run";
import { authority } from "../../../support/peers/authority";
import { withHttpsServer } from "../../../support/peers/loopback";
import { configuredAks, subscriptionId } from "../../../support/azure-configurations";
import { minimal } from "../../../support/configurations";
import { scratchFolder } from "../../../support/scratch";

const other = "bbbbbbbb-0000-4000-8000-000000000001";

describe("azureChecks", () => {
  const arm = withArm();

  it("find nothing wrong with a good subscription, before anything is deployed", async () => {
    const results = await runAzureChecks(arm);
    assert.deepEqual([...results.ids("failed"), ...results.ids("warning")], []);
    assert.deepEqual(results.ids("skipped"), [
      "azure.names.storage",
      "azure.names.registry",
      "azure.names.database",
      "azure.given",
    ]);
  });

  it("find nothing wrong with an installation that is there", async () => {
    addInstallation(arm.world());
    const results = await runAzureChecks(arm);
    assert.deepEqual([...results.ids("failed"), ...results.ids("warning")], []);
    assert.deepEqual(results.ids("skipped"), ["azure.given"]);
  });

  it("change nothing, log in once and read the sizes of machines once", async () => {
    await runAzureChecks(arm, { config: configuredAks({ aks: { size: "ha" } }) });
    const posts = arm.requests().filter((request) => !request.startsWith("GET "));
    assert.deepEqual(posts, [`POST /${arm.world().tenantId}/oauth2/v2.0/token`]);
    assert.equal(arm.requests().filter((request) => request.endsWith("/skus")).length, 2, "two pages");
  });

  it("are for the target Azure alone", async () => {
    const results = await runAzureChecks(arm, { config: minimal });
    assert.deepEqual(new Set(results.all.map(({ status }) => status)), new Set(["skipped"]));
    assert.equal(results.all.length, azureChecks().length);
    assert.deepEqual(arm.requests(), []);
  });

  it("show no secret, token or signature", async () => {
    for (const secret of ["planted-client-secret", "planted-expired-secret", "planted-wrong"]) {
      const results = await runAzureChecks(arm, { env: applicationEnv(arm.world(), secret) });
      assert.doesNotMatch(JSON.stringify(results.all), /planted|eyJ/);
    }
  });

  it("have ids of their own", async () => {
    const { all } = await runAzureChecks(arm, {
      config: configuredAks({ aks: { registry: { anonymousLauncher: true } } }),
    });
    assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
  });

  it("say once what is wrong with the login, and skip the rest", async () => {
    const results = await runAzureChecks(arm, { env: applicationEnv(arm.world(), "planted-expired-secret") });
    assert.deepEqual(results.ids("failed"), ["azure.credentials"]);
    results.assert("azure.credentials", "failed", /AADSTS7000222/, /credential reset/);
    results.assert("azure.quota.nodes", "skipped", /there is no token, see azure.credentials/);
    assert.equal(results.ids("skipped").length, azureChecks().length - 1);
  });

  it("say once what is wrong with the subscription, and skip the rest", async () => {
    arm.world().subscriptionId = other;
    const results = await runAzureChecks(arm);
    assert.deepEqual(results.ids("failed"), ["azure.subscription"]);
    results.assert("azure.subscription", "failed", /knows no subscription 1111/, /az account list/);
    results.assert("azure.region", "skipped", /see azure.subscription/);
  });

  it("point at the namespace that is not registered", async () => {
    arm.world().providers.set("Microsoft.Compute", "NotRegistered");
    const results = await runAzureChecks(arm);
    assert.deepEqual(results.ids("failed"), ["azure.providers"]);
    results.assert("azure.nodes", "skipped", /see azure.providers/);
  });

  it("warn of what may not be read, and of what Azure has no time for", async () => {
    arm
      .world()
      .faults.push({ path: /kubernetesVersions$/, status: 403, code: "AuthorizationFailed", times: 9 });
    const busy = { status: 429, code: "TooManyRequests", headers: { "retry-after": "600" }, times: 9 };
    arm.world().faults.push({ path: /capabilities$/, ...busy });
    arm.world().faults.push({ path: /Network.*usages$/, status: 500, code: "InternalServerError", times: 9 });
    const results = await runAzureChecks(arm);
    results.assert("azure.kubernetes", "warning", /AuthorizationFailed: A planted fault$/, /--role Reader/);
    results.assert("azure.database", "warning", /busy, TooManyRequests.*600 s/, /later/);
    results.assert("azure.quota.addresses", "failed", /InternalServerError/, /status.azure.com/);
  });
});

describe("credentialsCheck", () => {
  const arm = withArm();
  const folder = scratchFolder();
  const only = "azure.credentials";

  it("says whose the login is, and until when", async () => {
    const results = await runAzureChecks(arm, { only });
    const { application, tenantId } = arm.world();
    const reason = `^application ${application.clientId} \\(object ${application.objectId}\\) of tenant ${tenantId}, by a client secret .*, until 20\\d\\d-`;
    results.assert(only, "passed", new RegExp(reason));
  });

  it("uses the Azure CLI's login when no variable says otherwise", async () => {
    const { tenantId } = arm.world();
    const accessToken_ = accessToken(arm.world(), tenantId, { idtyp: "user", upn: "ann@example.com" });
    const PATH = fakeAz(folder(), {
      show: { stdout: { environmentName: "AzureCloud" } },
      "get-access-token": { stdout: { accessToken: accessToken_ } },
    });
    (await runAzureChecks(arm, { only, env: { PATH } })).assert(
      only,
      "passed",
      /^user ann@example.com .*Azure CLI/,
    );
  });

  it("says when nobody is logged in", async () => {
    const PATH = fakeAz(folder(), { show: { stderr: "Please run 'az login' to setup account.", code: 1 } });
    (await runAzureChecks(arm, { only, env: { PATH } })).assert(only, "failed", /not logged in/, /az login/);
  });

  it("says when variables that belong together are not all set", async () => {
    const results = await runAzureChecks(arm, { only, env: { ARM_CLIENT_SECRET: "planted" } });
    results.assert(only, "failed", /ARM_TENANT_ID and ARM_CLIENT_ID/, /unset ARM_CLIENT_SECRET/);
  });

  it("says when the login is that of another tenant than ARM_TENANT_ID", async () => {
    const PATH = fakeAz(folder(), {
      show: { stdout: { environmentName: "AzureCloud" } },
      "get-access-token": { stdout: { accessToken: accessToken(arm.world()) } },
    });
    const results = await runAzureChecks(arm, { only, env: { PATH, ARM_TENANT_ID: other } });
    results.assert(only, "failed", new RegExp(`^ARM_TENANT_ID is ${other}`), /set ARM_TENANT_ID to aaaaaaaa/);
  });

  it("warns when a token that cannot be renewed will end before the deployment", async () => {
    arm.world().tokenSeconds = 600;
    const { ARM_CLIENT_SECRET: _, ...env } = applicationEnv(arm.world());
    const oidc = { ...env, ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: oidcAssertion() };
    (await runAzureChecks(arm, { only, env: oidc })).assert(
      only,
      "warning",
      /ends in (?:9|10) min/,
      /start the job again/,
    );
    (await runAzureChecks(arm, { only })).assert(only, "passed", /secret/);
  });
});

describe("subscriptionCheck", () => {
  const arm = withArm();
  const folder = scratchFolder();
  const only = "azure.subscription";

  for (const [state, status] of [
    ["Enabled", "passed"],
    ["Warned", "warning"],
    ["PastDue", "warning"],
    ["Disabled", "failed"],
    ["Deleted", "failed"],
  ] as const) {
    it(`finds a subscription in state ${state} ${status}`, async () => {
      arm.world().subscriptionState = state;
      const fix = status === "passed" ? undefined : status === "warning" ? /bill/ : /pulumi config set/;
      (await runAzureChecks(arm, { only })).assert(only, status, new RegExp(`in state ${state}$`), fix);
    });
  }

  it("says which tenant the subscription belongs to", async () => {
    // The Azure CLI is logged in to one tenant, the subscription belongs to another.
    const PATH = fakeAz(folder(), {
      show: { stdout: { environmentName: "AzureCloud" } },
      "get-access-token": { stdout: { accessToken: accessToken(arm.world(), other) } },
    });
    const results = await runAzureChecks(arm, { only: "azure.", env: { PATH } });
    const { tenantId } = arm.world();
    const reason = new RegExp(`belongs to tenant ${tenantId}, the login to ${other}$`);
    results.assert(only, "failed", reason, new RegExp(`az login --tenant ${tenantId}`));
    assert.deepEqual(results.ids("failed"), [only]);
  });

  it("says that the login has no role on it", async () => {
    arm.world().permissions.clear();
    const results = await runAzureChecks(arm, { only });
    results.assert(
      only,
      "failed",
      /no role.*AuthorizationFailed/,
      new RegExp(`--scope /subscriptions/${subscriptionId}\``),
    );
  });

  it("says that nobody answers", async () => {
    const [check] = azureChecks({
      endpoints: () => ({ ...arm.endpoints(), resourceManager: "https://localhost:1" }),
      ca: arm.ca,
    }).filter(({ id }) => id === only);
    const [finding] = await check!.run({
      ...subjectOf(),
      env: applicationEnv(arm.world()),
      signal: AbortSignal.timeout(100_000),
      now: () => new Date(),
    });
    assert.equal(finding?.status, "failed");
    assert.match(
      finding.reason,
      /Resource Manager at https:.* refuses the connection: nothing listens there/,
    );
    assert.match(finding.fix, /HTTPS_PROXY/);
  });
});

describe("azureChecks against something else than Azure", () => {
  const arm = withArm();
  const ca = authority("CA of something else");
  let answer: RequestListener = () => undefined;
  const other = withHttpsServer(
    () => ca.issue(["DNS:localhost"]),
    (request, response) => {
      answer(request, response);
    },
  );
  const look = async (asked: "resourceManager" | "authority"): Promise<readonly CheckResult[]> => {
    const endpoints = { ...arm.endpoints(), [asked]: `https://${other.address()}` };
    const checks = azureChecks({ endpoints: () => endpoints, ca: arm.ca + ca.certificate });
    const options = { ...subjectOf(), env: applicationEnv(arm.world()), now: () => new Date() };
    return runChecks(checks, { ...options, redact: (text) => text });
  };

  it("reads no more than an answer may have, and unpacks nothing", async () => {
    answer = (_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(1 << 20, "[")));
      };
      response.on("drain", pour);
      pour();
    };
    const found = (await look("resourceManager")).find(({ id }) => id === "azure.subscription");
    assert.match(
      found?.reason ?? "",
      /Azure Resource Manager at https:.* answers with far more than was asked/,
    );
    answer = (_, response) => {
      const packed = gzipSync(Buffer.alloc(64 << 20));
      response.writeHead(200, { "content-encoding": "gzip" }).end(packed);
    };
    const [bomb] = (await look("resourceManager")).filter(({ id }) => id === "azure.subscription");
    assert.match(bomb?.reason ?? "", /answers \/subscriptions\/\S+ with something else than JSON$/);
  });

  it("says who does not answer, and in which words, without codes", async () => {
    answer = (request) => request.socket.destroy();
    const [login] = await look("authority");
    assert.equal(login?.reason, "the token service of Entra ID closes the connection");
    answer = (_, response) => response.end("<html>Accept our terms</html>");
    const [portal] = await look("authority");
    assert.match(portal?.reason ?? "", /Entra ID answers with something else than its endpoints/);
    answer = (_, response) => response.writeHead(429, { "retry-after": "999999" }).end("{}");
    const [busy] = await look("authority");
    assert.match(busy?.reason ?? "", /Entra ID answers with status 429/);
    answer = (_, response) => response.writeHead(301, { location: "https://elsewhere.example.com/" }).end();
    const found = (await look("resourceManager")).find(({ id }) => id === "azure.subscription");
    assert.match(found?.reason ?? "", /Azure Resource Manager answers status 301 without a word/);
  });

  it("says so at each check where the subscription could be read before", async () => {
    answer = (request, response) => {
      if (request.url?.startsWith(`/subscriptions/${subscriptionId}?`) !== true) request.socket.destroy();
      else
        response.end(
          JSON.stringify(answerTo(arm.world(), "", new URL(request.url, "https://x"), request, "").body),
        );
    };
    const found = (await look("resourceManager")).find(({ id }) => id === "azure.region");
    assert.match(
      found?.reason ?? "",
      /^not looked at: Azure Resource Manager at https:.* closes the connection$/,
    );
  });
});
