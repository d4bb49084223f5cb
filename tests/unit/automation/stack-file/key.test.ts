import assert from "node:assert/strict";
import { SpaceliftError } from "../../../../automation/errors";
import { isKeptByService, stackFileKey } from "../../../../automation/stack-file/key";

describe("the key of a stack file", () => {
  const service = { backend: "https://api.pulumi.com" };
  const bucket = { backend: "s3://state" };

  it("is a passphrase, a provider, or that of the service", () => {
    const passphrase = stackFileKey("encryptionsalt: v1:abc\nconfig: {}\n", "file");
    const provider = stackFileKey("secretsprovider: azurekeyvault://vault\nencryptedkey: abc\n", "file");
    const none = stackFileKey("config:\n  spacelift:target: aks\n", "file");
    assert.deepEqual(passphrase, { passphrase: true });
    assert.deepEqual(provider, { provider: "azurekeyvault://vault", passphrase: false });
    assert.deepEqual(none, { passphrase: false });
    assert.deepEqual(stackFileKey("secretsprovider: passphrase\n", "file"), { passphrase: true });
    assert.deepEqual(stackFileKey("", "file"), none);
    assert.deepEqual(
      [passphrase, provider, none].map((key) => isKeptByService(key, service)),
      [false, false, true],
    );
    assert.ok(!isKeptByService(none, bucket));
  });

  it("rejects what is no stack file, without quoting it", () => {
    for (const text of [
      "config: [",
      "- a list",
      "config: planted\nencryptionsalt: 5",
      "a: planted\n b: *x",
    ]) {
      assert.throws(
        () => stackFileKey(text, "Pulumi.aks.yaml"),
        (error: unknown) =>
          error instanceof SpaceliftError &&
          error.code === "SPACELIFT_CONFIG_INVALID" &&
          error.message.includes("Pulumi.aks.yaml") &&
          !error.message.includes("planted"),
        text,
      );
    }
  });
});
