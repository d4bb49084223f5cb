import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { parse } from "yaml";
import { SpaceliftError } from "../../automation/errors";
import { readStackFile } from "../../automation/stack-file/read";
import { writeStackFile } from "../../automation/stack-file/write";
import { parseConfig } from "../../config/parse";
import { operationTimeout, sharedEngine } from "../engine/support";
import { minimalAks } from "../support/azure-configurations";
import { configured, minimal, raw, type TestConfig } from "../support/configurations";
import { scratchFolder } from "../support/scratch";

describe("stack files, with the engine's own encryption", function () {
  this.timeout(operationTimeout);
  const folder = scratchFolder();
  const workspace = async (passphrase = "correct") => ({
    // Never looked at: what is encrypted with a passphrase needs no backend.
    backend: "s3://no-such-bucket",
    secretsProvider: { passphrase },
    engine: await sharedEngine(),
  });
  const file = (): string => join(folder(), "Pulumi.prod.yaml");
  const write = async ({ settings, secrets }: TestConfig): Promise<void> =>
    writeStackFile({
      file: file(),
      stack: "prod",
      workspace: await workspace(),
      settings: settings as Parameters<typeof writeStackFile>[0]["settings"],
      secrets,
    });
  const read = async (passphrase?: string) =>
    readStackFile({ file: file(), stack: "prod", workspace: await workspace(passphrase) });
  const refused = async (code: string, passphrase?: string): Promise<SpaceliftError> => {
    const error = await read(passphrase).then(
      () => assert.fail(`not refused with ${code}`),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof SpaceliftError, String(error));
    assert.equal(error.code, code, error.message);
    return error;
  };

  for (const [target, config] of Object.entries({ onprem: minimal, aks: minimalAks })) {
    it(`what is written for ${target} is read back as it was, and its secrets do not print`, async () => {
      await write(config);
      const content = await read();
      assert.deepEqual(content.settings, config.settings);
      assert.deepEqual({ ...content.secrets }, config.secrets);
      const text = (await readFile(file(), "utf8")) + inspect(content) + JSON.stringify(content);
      for (const secret of Object.values(config.secrets)) assert.ok(!text.includes(secret));
    });
  }

  it("a secret of several lines keeps them", async () => {
    const kubeconfig = "clusters: []\nusers: []\n";
    await write(configured({}, { kubeconfig }));
    assert.equal((await read()).secrets.kubeconfig, kubeconfig.trimEnd());
  });

  it("values are read as the engine reads them, and keys of others are named", async () => {
    await write(minimal);
    const text = await readFile(file(), "utf8");
    const more = "\n  usageReporting: true\n  azure-native:location: westeurope\n  pulumi:tags: { a: b }\n";
    await writeFile(file(), text.trimEnd() + more);
    const { settings, ignored } = await read();
    assert.equal(settings.usageReporting, true);
    assert.deepEqual(ignored, ["azure-native:location"]);
  });

  it("an existing file is not overwritten", async () => {
    await write(minimal);
    const before = await readFile(file(), "utf8");
    await assert.rejects(write(minimal), /is there already/);
    assert.equal(await readFile(file(), "utf8"), before);
  });

  it("a secret in plain and an encrypted section are the problems that the program finds", async () => {
    await write(minimal);
    const document = parse(await readFile(file(), "utf8")) as { config: Record<string, unknown> };
    const sealed = document.config["spacelift:registryPassword"] as { secure: string };
    document.config["spacelift:licenseToken"] = "planted-plain-token";
    document.config["spacelift:slack"] = { clientId: sealed };
    document.config["spacelift:typo"] = 1;
    await writeFile(file(), JSON.stringify(document));
    const { problems, message } = await refused("SPACELIFT_CONFIG_INVALID");
    const { values, encrypted } = raw(minimal);
    const expected = parseConfig({
      values: {
        ...values,
        licenseToken: "planted-plain-token",
        slack: '{"clientId":"planted-registry-password"}',
        typo: "1",
      },
      encrypted: new Set([...[...encrypted].filter((key) => key !== "licenseToken"), "slack"]),
    });
    assert.equal(problems.length, 4);
    assert.deepEqual(problems, expected.problems);
    assert.ok(!message.includes("planted"));
  });

  it("a wrong passphrase, and a file that is not there", async () => {
    await write(minimal);
    const { message } = await refused("SPACELIFT_PASSPHRASE_WRONG", "planted-wrong");
    assert.ok(!message.includes("planted-wrong"));
    await writeFile(file(), "config: [\n");
    await refused("SPACELIFT_CONFIG_INVALID");
    await assert.rejects(
      readStackFile({ file: "/nowhere/Pulumi.x.yaml", stack: "x", workspace: await workspace() }),
      /cannot be read/,
    );
  });

  it("leaves nothing behind in the folder for temporary files", async () => {
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = folder();
    try {
      await write(minimal);
      await read();
    } finally {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
    }
    assert.deepEqual(await readdir(folder()), ["Pulumi.prod.yaml"]);
  });
});
