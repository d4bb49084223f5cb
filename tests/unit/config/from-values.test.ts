import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { configurationOf } from "../../../config/load";
import { ConfigError } from "../../../config/problems";
import type { SettingsInput } from "../../../config/settings";
import { configured } from "../../support/configurations";
import { scratchFolder } from "../../support/scratch";

describe("configurationOf", () => {
  const folder = scratchFolder();
  const read = (changes: Readonly<Record<string, unknown>> = {}): ReturnType<typeof configurationOf> => {
    const { settings, secrets } = configured(changes);
    // Tests write settings as data; what takes them checks every one.
    return configurationOf({ settings: settings as SettingsInput, secrets }, { projectDirectory: folder() });
  };

  it("fills in defaults and seals the secrets", async () => {
    const { settings, secrets } = await read();
    assert.equal(settings.namespace.name, "spacelift");
    assert.ok(secrets.licenseToken && (await pulumi.isSecret(secrets.licenseToken)));
  });

  it("rejects with every problem, those of files among them", async () => {
    const keys = async (changes: Readonly<Record<string, unknown>>): Promise<string[]> => {
      const error: unknown = await read(changes).catch((reason: unknown) => reason);
      assert.ok(error instanceof ConfigError);
      return error.problems.map(({ key }) => key).sort();
    };
    assert.deepEqual(await keys({ domain: 5, protectData: "yes" }), ["domain", "protectData"]);
    assert.deepEqual(await keys({ rootCas: ["./absent.pem"] }), ["rootCas[0]"]);
  });
});
