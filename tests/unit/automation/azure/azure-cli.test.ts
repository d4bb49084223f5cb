import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cliToken } from "../../../../automation/azure/azure-cli";
import { cloudEndpoints } from "../../../../automation/azure/http";
import { CredentialProblem, type CredentialProblemKind } from "../../../../automation/azure/credentials";
import { type AzAnswer, fakeAz } from "../../../support/arm/fake-az";
import { subscriptionId } from "../../../support/azure-configurations";
import { scratchFolder } from "../../../support/scratch";

const show = { stdout: { environmentName: "AzureCloud", id: subscriptionId, name: "Test" } };
const token = { stdout: { accessToken: "planted-token", expires_on: 1_800_000_000 } };

describe("cliToken", () => {
  const folder = scratchFolder();

  const ask = (answers: Readonly<Record<string, AzAnswer>> | undefined, tenantId?: string): Promise<string> =>
    cliToken({
      endpoints: cloudEndpoints.public,
      subscriptionId,
      tenantId,
      env: { PATH: answers ? fakeAz(folder(), answers) : folder() },
      signal: AbortSignal.timeout(100_000),
    });
  const rejects = async (
    answers: Readonly<Record<string, AzAnswer>> | undefined,
    kind: CredentialProblemKind,
    reason: RegExp,
    fix: RegExp,
  ): Promise<void> => {
    await assert.rejects(ask(answers), (error) => {
      assert.ok(error instanceof CredentialProblem, String(error));
      assert.equal(error.kind, kind, error.message);
      assert.match(error.message, reason);
      assert.match(error.fix, fix);
      assert.doesNotMatch(error.message + error.fix, /planted/);
      return true;
    });
  };
  const says = (stderr: string): Readonly<Record<string, AzAnswer>> => ({
    show,
    "get-access-token": { stderr, code: 1 },
  });

  it("asks as Pulumi's provider does", async () => {
    assert.equal(await ask({ show, "get-access-token": token }, "tenant"), "planted-token");
    assert.deepEqual(readFileSync(join(folder(), "az.log"), "utf8").trim().split("\n"), [
      `account show --subscription ${subscriptionId} --output json`,
      `account get-access-token --resource https://management.azure.com --subscription ${subscriptionId} --tenant tenant --output json`,
    ]);
  });

  it("says that there are no credentials at all", async () => {
    await rejects(
      undefined,
      "none",
      /^no credentials: .*the Azure CLI is not installed$/,
      /install the Azure CLI/,
    );
  });

  it("says that nobody is logged in", async () => {
    const stderr = "ERROR: Please run 'az login' to setup account.\n";
    await rejects(
      { show: { stderr, code: 1 } },
      "notLoggedIn",
      /^the Azure CLI is not logged in$/,
      /`az login`/,
    );
  });

  it("says that the login has ended", async () => {
    const stderr = "ERROR: AADSTS700082: The refresh token has expired due to inactivity.\nTrace ID: x\n";
    await rejects(says(stderr), "notLoggedIn", /has ended \(AADSTS700082\)$/, /`az login`/);
  });

  it("says that the login does not know the subscription", async () => {
    const stderr = `ERROR: Subscription '${subscriptionId}' not found. Check the spelling and casing and try again.`;
    await rejects(
      { show: { stderr, code: 1 } },
      "subscription",
      /does not know the subscription/,
      /--tenant/,
    );
  });

  it("says that the CLI works with another cloud", async () => {
    const china = { stdout: { environmentName: "AzureChinaCloud" } };
    await rejects({ show: china }, "cloud", /AzureChinaCloud.*AzureCloud/, /az cloud set --name AzureCloud/);
  });

  it("passes on what else the CLI says, the first line of it", async () => {
    await rejects(says("ERROR: Something broke.\nand more"), "refused", /: Something broke$/, /to see why/);
  });

  it("does not quote an answer that it cannot read", async () => {
    const answers = { show, "get-access-token": { stdout: "planted-token, not JSON" } };
    await assert.rejects(ask(answers), (error) => !String(error).includes("planted"));
  });
});
