import assert from "node:assert/strict";
import { delimiter, dirname } from "node:path";
import { engineEnvironment } from "../../../../automation/workspace/engine-command";

describe("the engine's environment", () => {
  const base = {
    PATH: "/bin",
    PULUMI_STACK: "other",
    PULUMI_BACKEND_URL: "file:///other",
    PULUMI_CONFIG_PASSPHRASE: "other",
    PULUMI_CONFIG_PASSPHRASE_FILE: "/other",
    KUBECONFIG: "/other/kubeconfig",
  };

  it("leads nowhere but where the caller said", () => {
    const env = engineEnvironment(
      {
        backend: "file:///mine",
        secretsProvider: { passphrase: "mine" },
        env: { KUBECONFIG: undefined, ARM_TENANT_ID: "t" },
      },
      base,
    );
    assert.deepEqual(env, {
      PATH: ["/bin", dirname(process.execPath)].join(delimiter),
      ARM_TENANT_ID: "t",
      PULUMI_BACKEND_URL: "file:///mine?metadata=skip",
      PULUMI_CONFIG_PASSPHRASE: "mine",
      PULUMI_DIY_BACKEND_NO_LEGACY_WARNING: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    });
  });

  it("looks for stacks of an old layout when the caller wants it", () => {
    const own = { PULUMI_DIY_BACKEND_NO_LEGACY_WARNING: "false" };
    const env = engineEnvironment({ backend: "s3://state", secretsProvider: "awskms://key", env: own }, base);
    assert.deepEqual({ ...env, ...own }, env);
  });

  it("has no passphrase where a secrets provider does without", () => {
    const env = engineEnvironment({ backend: "s3://state", secretsProvider: "awskms://key" }, base);
    assert.equal(env["PULUMI_CONFIG_PASSPHRASE"], undefined);
  });
});
