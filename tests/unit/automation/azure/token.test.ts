import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readAccount } from "../../../../automation/azure/account";
import {
  chooseCredential,
  CredentialProblem,
  type CredentialProblemKind,
  type Env,
} from "../../../../automation/azure/credentials";
import { createSend } from "../../../../automation/azure/http";
import { getToken } from "../../../../automation/azure/token";
import { applicationEnv } from "../../../support/arm/checks";
import { withArm } from "../../../support/arm/server";
import { oidcAssertion, oidcRequestToken } from "../../../../rehearsal/twins/azure/api/service";
import { subscriptionId } from "../../../support/azure-configurations";
import { authority } from "../../../support/peers/authority";
import { scratchFolder } from "../../../support/scratch";

/** A certificate of an application with an RSA key, as Entra ID wants it. */
function rsaCertificate(folder: string): {
  readonly certificate: string;
  readonly pem: string;
} {
  const { certificate, privateKey } = authority("app");
  const pem = join(folder, "both.pem");
  writeFileSync(join(folder, "cert.pem"), certificate);
  writeFileSync(pem, certificate + privateKey);
  return { certificate, pem };
}

describe("getToken", () => {
  const arm = withArm();
  const folder = scratchFolder();

  const token = (env: Env, authority = arm.origin()): Promise<string> => {
    const http = { ca: arm.ca };
    return getToken({
      choice: chooseCredential(env),
      endpoints: { ...arm.endpoints(), authority },
      subscriptionId,
      env: { PATH: process.env["PATH"], ...env },
      http,
      send: createSend(http),
      signal: AbortSignal.timeout(100_000),
    });
  };
  const gives = async (env: Env): Promise<void> => {
    assert.equal(readAccount(await token(env))?.objectId, arm.world().application.objectId);
  };
  const rejects = async (
    env: Env,
    kind: CredentialProblemKind,
    reason: RegExp,
    fix: RegExp,
  ): Promise<void> => {
    await assert.rejects(token(env), (error) => {
      assert.ok(error instanceof CredentialProblem, String(error));
      assert.equal(error.kind, kind, error.message);
      assert.match(error.message, reason);
      assert.match(error.fix, fix);
      assert.doesNotMatch(`${error.message} ${error.fix} ${error.stack ?? ""}`, /planted|eyJ/);
      return true;
    });
  };
  const oidc = (env: Env): Env => ({
    ...applicationEnv(arm.world()),
    ARM_CLIENT_SECRET: undefined,
    ARM_USE_OIDC: "true",
    ...env,
  });
  const certified = (path: string, password?: string): Env => ({
    ...applicationEnv(arm.world()),
    ARM_CLIENT_CERTIFICATE_PATH: path,
    ARM_CLIENT_CERTIFICATE_PASSWORD: password,
  });

  it("is given for a client secret", async () => {
    await gives(applicationEnv(arm.world()));
  });

  it("says that the secret has expired", async () => {
    const env = applicationEnv(arm.world(), "planted-expired-secret");
    await rejects(
      env,
      "secretExpired",
      /has expired \(AADSTS7000222\)$/,
      /az ad app credential reset --id cccccccc/,
    );
  });

  it("says that the secret is wrong", async () => {
    const env = applicationEnv(arm.world(), "planted-wrong-secret");
    await rejects(env, "secretWrong", /AADSTS7000215/, /the value of the secret, not its id/);
  });

  it("says that the tenant does not know the application", async () => {
    const env = { ...applicationEnv(arm.world()), ARM_CLIENT_ID: "cccccccc-0000-4000-8000-00000000000f" };
    await rejects(
      env,
      "application",
      /^tenant aaaaaaaa.* knows no application cccccccc.*f \(AADSTS700016\)/,
      /ARM_TENANT_ID/,
    );
  });

  it("says that there is no such tenant", async () => {
    const env = { ...applicationEnv(arm.world()), ARM_TENANT_ID: "aaaaaaaa-0000-4000-8000-00000000000f" };
    await rejects(env, "tenant", /^there is no tenant aaaaaaaa.*f/, /az account show --query tenantId/);
  });

  it("says what else Entra ID has against a login, without the rest of it", async () => {
    arm.world().refusal = {
      error: "access_denied",
      code: 53003,
      description: "Access has been blocked. Ask.",
    };
    const reason = /^Entra ID gave no token: AADSTS53003 Access has been blocked$/;
    await rejects(applicationEnv(arm.world()), "refused", reason, /AADSTS53003/);
  });

  it("is given for a certificate", async () => {
    const { certificate, pem } = rsaCertificate(folder());
    arm.world().application = { ...arm.world().application, certificates: [certificate] };
    await gives(certified(pem));
  });

  it("says that Entra ID does not know the certificate", async () => {
    const { pem } = rsaCertificate(folder());
    await rejects(certified(pem), "certificate", /AADSTS700027/, /--cert @/);
  });

  it("says why a certificate cannot be read", async () => {
    rsaCertificate(folder());
    const archive = join(folder(), "both.pfx");
    writeFileSync(archive, "no PEM");
    await rejects(
      { ...certified(archive), PATH: "/nowhere" },
      "certificate",
      /is PKCS#12, and there is no openssl/,
      /install OpenSSL/,
    );
    await rejects(
      certified(join(folder(), "none")),
      "certificate",
      /cannot be read \(ENOENT\)/,
      /PEM or PKCS#12/,
    );
    await rejects(
      certified(join(folder(), "cert.pem")),
      "certificate",
      /both a certificate and its private key/,
      /both/,
    );
  });

  it("is given for an OIDC token, from a value, a file and a request", async () => {
    await gives(oidc({ ARM_OIDC_TOKEN: oidcAssertion() }));
    const path = join(folder(), "token");
    writeFileSync(path, oidcAssertion());
    await gives(oidc({ ARM_OIDC_TOKEN_FILE_PATH: path }));
    const url = `${arm.origin()}/oidc?keep=this`;
    await gives(
      oidc({ ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: oidcRequestToken }),
    );
  });

  it("says that no federated credential fits the OIDC token", async () => {
    const env = oidc({ ARM_OIDC_TOKEN: oidcAssertion({ sub: "repo:acme/other:ref:refs/heads/main" }) });
    await rejects(env, "federation", /AADSTS700213/, /federated-credential list/);
  });

  it("says that the OIDC token cannot be had", async () => {
    const url = `${arm.origin()}/oidc`;
    const env = oidc({ ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "planted-wrong" });
    await rejects(env, "federation", /gave none \(HTTP 401\)/, /id-token: write/);
    await rejects(
      oidc({ ARM_OIDC_TOKEN_FILE_PATH: join(folder(), "none") }),
      "federation",
      /cannot be read/,
      /FILE_PATH/,
    );
  });

  describe("with a managed identity", () => {
    // The library reads where the machine's metadata are from the process itself.
    const name = "AZURE_POD_IDENTITY_AUTHORITY_HOST";
    const before = process.env[name];
    beforeEach(() => {
      process.env[name] = arm.origin();
    });
    afterEach(() => {
      if (before === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before;
    });

    it("is given by the machine's metadata", async () => {
      await gives({ ARM_USE_MSI: "true" });
      await gives({ ARM_USE_MSI: "true", ARM_CLIENT_ID: arm.world().application.clientId });
    });

    it("says that there is none", async () => {
      arm.world().faults.push({ path: /metadata/, status: 400, code: "invalid_request", times: 99 });
      await rejects({ ARM_USE_MSI: "true" }, "identity", /no managed identity answers here/, /ARM_USE_MSI/);
    });
  });

  it("says that the token service does not answer", async () => {
    const env = applicationEnv(arm.world());
    await assert.rejects(token(env, "https://localhost:1"), (error) => {
      assert.ok(error instanceof CredentialProblem);
      assert.equal(error.kind, "unreachable");
      assert.match(
        error.message,
        /^the token service of Entra ID refuses the connection: nothing listens there$/,
      );
      return true;
    });
  });
});
