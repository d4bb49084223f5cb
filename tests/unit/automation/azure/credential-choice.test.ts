import assert from "node:assert/strict";
import { chooseCredential, CredentialProblem, type Env } from "../../../../automation/azure/credentials";

const application = { ARM_TENANT_ID: "tenant", ARM_CLIENT_ID: "client" };
const identity = { tenantId: "tenant", clientId: "client" };

const rejects = (env: Env, reason: RegExp, fix: RegExp): void => {
  assert.throws(
    () => chooseCredential(env),
    (error) =>
      error instanceof CredentialProblem &&
      error.kind === "incomplete" &&
      reason.test(error.message) &&
      fix.test(error.fix),
  );
};

describe("chooseCredential", () => {
  it("takes the Azure CLI when no variable says otherwise", () => {
    assert.deepEqual(chooseCredential({}), { method: "cli", tenantId: undefined });
    assert.deepEqual(chooseCredential({ ARM_TENANT_ID: "tenant" }), { method: "cli", tenantId: "tenant" });
    assert.equal(
      chooseCredential({ ARM_CLIENT_SECRET: "", ARM_USE_OIDC: "false", ARM_USE_MSI: "1" }).method,
      "cli",
    );
  });

  it("keeps the order of Pulumi's provider", () => {
    const all: Env = {
      ...application,
      ARM_USE_DEFAULT_AZURE_CREDENTIAL: "true",
      ARM_CLIENT_CERTIFICATE_PATH: "/certificate.pem",
      ARM_CLIENT_SECRET: "secret",
      ARM_USE_OIDC: "true",
      ARM_OIDC_TOKEN: "token",
      ARM_USE_MSI: "true",
    };
    const order = Object.keys(all).filter((name) => !(name in application) && name !== "ARM_OIDC_TOKEN");
    const methods = order.map((_, index) => {
      const gone = Object.fromEntries(order.slice(0, index).map((name) => [name, undefined]));
      return chooseCredential({ ...all, ...gone }).method;
    });
    assert.deepEqual(methods, ["default", "certificate", "secret", "oidc", "managedIdentity"]);
  });

  it("reads the certificate with its password", () => {
    const env = {
      ...application,
      ARM_CLIENT_CERTIFICATE_PATH: "/c.pfx",
      ARM_CLIENT_CERTIFICATE_PASSWORD: "pw",
    };
    assert.deepEqual(chooseCredential(env), {
      method: "certificate",
      ...identity,
      path: "/c.pfx",
      password: "pw",
    });
  });

  it("takes an OIDC token from a value before a file before a request", () => {
    const sources = {
      ARM_OIDC_TOKEN: "token",
      ARM_OIDC_TOKEN_FILE_PATH: "/token",
      ACTIONS_ID_TOKEN_REQUEST_URL: "https://issuer",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request",
    };
    const assertion = (env: Env): unknown => {
      const choice = chooseCredential({ ...application, ARM_USE_OIDC: "true", ...env });
      return choice.method === "oidc" ? choice.assertion : choice;
    };
    assert.deepEqual(assertion(sources), { from: "value", token: "token" });
    assert.deepEqual(assertion({ ...sources, ARM_OIDC_TOKEN: undefined }), { from: "file", path: "/token" });
    const request = { ...sources, ARM_OIDC_TOKEN: undefined, ARM_OIDC_TOKEN_FILE_PATH: undefined };
    const expected = { from: "request", url: "https://issuer", requestToken: "request" };
    assert.deepEqual(assertion(request), { ...expected, audience: "api://AzureADTokenExchange" });
    assert.deepEqual(assertion({ ...request, ARM_OIDC_AUDIENCE: "own" }), { ...expected, audience: "own" });
    assert.deepEqual(
      assertion({ ...request, ARM_OIDC_REQUEST_URL: "https://own", ARM_OIDC_AUDIENCE: "own" }),
      {
        ...expected,
        url: "https://own",
        audience: "own",
      },
    );
  });

  it("gives a managed identity its client id, when there is one", () => {
    assert.deepEqual(chooseCredential({ ARM_USE_MSI: "true", ARM_CLIENT_ID: "client" }), {
      method: "managedIdentity",
      clientId: "client",
    });
  });

  it("names what is missing beside a secret", () => {
    rejects(
      { ARM_CLIENT_SECRET: "secret" },
      /ARM_TENANT_ID and ARM_CLIENT_ID is not/,
      /unset ARM_CLIENT_SECRET/,
    );
    rejects(
      { ARM_CLIENT_SECRET: "secret", ARM_TENANT_ID: "t" },
      /set, ARM_CLIENT_ID is not$/,
      /^set ARM_CLIENT_ID,/,
    );
  });

  it("says when nothing tells where the OIDC token is", () => {
    rejects({ ...application, ARM_USE_OIDC: "true" }, /where the OIDC token is/, /id-token: write/);
  });
});
