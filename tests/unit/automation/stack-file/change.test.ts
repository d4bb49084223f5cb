import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { changeStackFile } from "../../../../automation/stack-file/change";
import { scratchFolder } from "../../../support/scratch";

const text = `encryptionsalt: v1:abc:v1:def
config:
  # The release.
  spacelift:version: v3.0.0 # since May
  spacelift:images:
    # From the vendor.
    archive: ./self-hosted-v3.0.0.tar.gz
    method: direct
  spacelift:tls: { mode: acme, email: platform@example.com }
  spacelift:licenseToken:
    secure: v1:0123456789abcdef:a-long-line-that-no-one-must-fold-a-long-line-that-no-one-must-fold-a-long-line-that-no-one-must-fold
`;

describe("a change of a stack file", () => {
  const folder = scratchFolder();
  const changed = (...values: Parameters<typeof changeStackFile>[1]): Promise<string> =>
    changedFrom(text, values);
  const changedFrom = async (
    before: string,
    values: Parameters<typeof changeStackFile>[1],
  ): Promise<string> => {
    const file = join(folder(), "Pulumi.aks.yaml");
    await writeFile(file, before);
    await changeStackFile(file, values);
    return readFile(file, "utf8");
  };

  it("leaves comments, secrets and everything else as they are", async () => {
    assert.equal(
      await changed([["version"], "v3.1.0"], [["images", "archive"], "../v3.1.0.tar.gz"]),
      text
        .replace("version: v3.0.0", "version: v3.1.0")
        .replace("./self-hosted-v3.0.0.tar.gz", "../v3.1.0.tar.gz"),
    );
  });

  it("changes a section that was set as a whole, which the engine keeps as JSON in a string", async () => {
    const before = `config:\n  spacelift:images: '{"archive":"./a.tar.gz","method":"direct"}'\n`;
    assert.equal(
      await changedFrom(before, [[["images", "archive"], "./b.tar.gz"]]),
      "config:\n  spacelift:images:\n    archive: ./b.tar.gz\n    method: direct\n",
    );
  });

  it("adds what is not there yet", async () => {
    assert.match(await changed([["images", "sha256"], "0".repeat(64)]), /^ {4}sha256: "0{64}"$/m);
    assert.match(
      await changed([["upgrade", "allowFrom"], "v3.0.0"]),
      /spacelift:upgrade:\n {4}allowFrom: v3\.0\.0\n/,
    );
  });
});
