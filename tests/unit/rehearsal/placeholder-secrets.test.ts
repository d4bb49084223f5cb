import assert from "node:assert/strict";
import { parseSettings } from "../../../config/parse";
import type { SettingsInput } from "../../../config/settings";
import { placeholderKubeconfig } from "../../../rehearsal/placeholders";
import { secretsFor } from "../../../rehearsal/placeholders/secrets";
import { minimalAks } from "../../support/azure-configurations";
import { configured, configuredS3, minimal } from "../../support/configurations";

describe("secretsFor", () => {
  const open = configured(
    { onprem: { registry: { username: undefined, open: true } } },
    { registryPassword: undefined },
  );
  // Tests write settings as data; what takes them checks every one.
  const cases: readonly (readonly [string, SettingsInput, readonly string[]])[] = [
    [
      "on-premises",
      minimal.settings as SettingsInput,
      ["databaseUrl", "kubeconfig", "licenseToken", "minioAdminPassword", "registryPassword"],
    ],
    [
      "on-premises with an open registry",
      open.settings as SettingsInput,
      ["databaseUrl", "kubeconfig", "licenseToken", "minioAdminPassword"],
    ],
    [
      "on-premises with another object storage than MinIO",
      configuredS3({ onprem: { objectStorage: { adminAccessKeyId: "deployer" } } }).settings as SettingsInput,
      ["databaseUrl", "kubeconfig", "licenseToken", "registryPassword", "s3AdminSecretKey", "s3SecretKey"],
    ],
    ["on Azure", minimalAks.settings as SettingsInput, ["licenseToken"]],
  ];
  for (const [where, settings, names] of cases) {
    it(`gives what settings ${where} call for, and nothing that is of no use`, () => {
      const secrets = secretsFor(settings, placeholderKubeconfig("PEM"));
      assert.deepEqual(Object.keys(secrets).sort(), names);
      assert.deepEqual(parseSettings(settings, secrets).problems, []);
    });
  }
});
