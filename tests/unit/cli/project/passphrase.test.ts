import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SpaceliftError } from "../../../../automation/errors";
import { findPassphrase } from "../../../../cli/project/workspace";
import { scratchFolder } from "../../../support/scratch";

const missing = (text: RegExp) => (error: unknown) =>
  error instanceof SpaceliftError &&
  error.code === "SPACELIFT_PASSPHRASE_MISSING" &&
  text.test(error.message);

describe("findPassphrase", () => {
  const folder = scratchFolder();
  const ask = (): Promise<string> => Promise.resolve("typed");

  it("takes the variable, then the file, then an answer", async () => {
    const file = join(folder(), "passphrase");
    await writeFile(file, "from-file\n");
    const env = { PULUMI_CONFIG_PASSPHRASE: "from-env", PULUMI_CONFIG_PASSPHRASE_FILE: file };
    assert.equal(await findPassphrase({ env, ask }), "from-env");
    assert.equal(await findPassphrase({ env: { PULUMI_CONFIG_PASSPHRASE_FILE: file }, ask }), "from-file");
    assert.equal(await findPassphrase({ env: {}, ask }), "typed");
  });

  it("rejects when there is none, when it is empty and when the file is not there", async () => {
    await assert.rejects(findPassphrase({ env: {} }), missing(/none was given/));
    await assert.rejects(findPassphrase({ env: { PULUMI_CONFIG_PASSPHRASE: "" }, ask }), missing(/is empty/));
    const env = { PULUMI_CONFIG_PASSPHRASE_FILE: "/nowhere" };
    await assert.rejects(findPassphrase({ env, ask }), missing(/"\/nowhere"/));
  });
});
