import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readCertificate } from "../../../automation/azure/certificate";
import { CredentialProblem } from "../../../automation/azure/credentials";
import { authority, pkcs12Archive } from "../../support/peers/authority";
import { scratchFolder } from "../../support/scratch";

describe("a PKCS#12 archive with a client certificate of Azure, and the OpenSSL of this machine", () => {
  const folder = scratchFolder();
  const archive = (): string => {
    const path = join(folder(), "both.pfx");
    writeFileSync(path, pkcs12Archive(authority("app"), "planted-pfx-password"));
    return path;
  };

  it("is opened with its password", async () => {
    const pem = await readCertificate(archive(), "planted-pfx-password", process.env);
    assert.match(pem, /-----BEGIN CERTIFICATE-----/);
    assert.match(pem, /-----BEGIN [A-Z ]*PRIVATE KEY-----/);
  });

  it("stays closed with another, which is not repeated", async () => {
    await assert.rejects(readCertificate(archive(), "planted-wrong", process.env), (error) => {
      assert.ok(error instanceof CredentialProblem);
      assert.match(error.message, /nor PKCS#12 that the password opens/);
      assert.match(error.fix, /ARM_CLIENT_CERTIFICATE_PASSWORD/);
      assert.doesNotMatch(`${error.message} ${error.fix} ${error.stack ?? ""}`, /planted/);
      return true;
    });
  });
});
