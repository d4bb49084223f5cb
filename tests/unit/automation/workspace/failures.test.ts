import assert from "node:assert/strict";
import { SpaceliftError } from "../../../../automation/errors";
import { redactor } from "../../../../peers/redact";
import { EngineCommandError } from "../../../../automation/workspace/engine-command";
import { asSpaceliftError, type FailureContext } from "../../../../automation/workspace/failures";

const context: FailureContext = {
  stack: "prod",
  backend: "file:///state",
  redact: redactor(["planted-secret"]),
  otherwise: "SPACELIFT_UPDATE_FAILED",
};
const ended = (stderr: string, stdout = ""): EngineCommandError =>
  new EngineCommandError({ stdout, stderr, code: 255 });

describe("failures of the engine", () => {
  const wordings = [
    ["error: the stack is currently locked by 1 lock(s)", "SPACELIFT_STACK_LOCKED"],
    ["error: [409] Conflict: Another update is currently in progress.", "SPACELIFT_STACK_LOCKED"],
    [
      "error: failed to decrypt: incorrect passphrase, please set PULUMI_CONFIG_PASSPHRASE",
      "SPACELIFT_PASSPHRASE_WRONG",
    ],
    ["error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE", "SPACELIFT_PASSPHRASE_MISSING"],
    ["error: no stack named 'prod' found", "SPACELIFT_STACK_NOT_FOUND"],
    ["error: something nobody has foreseen", "SPACELIFT_UPDATE_FAILED"],
  ] as const;
  for (const [wording, code] of wordings) {
    it(`take "${wording}" for ${code}`, () => {
      const error = asSpaceliftError(ended(wording), context);
      assert.equal(error.code, code);
      assert.notEqual(error.fix, "");
    });
  }

  it("are a cancellation once the caller has given up, whatever the engine says", () => {
    const error = asSpaceliftError(ended("error: update canceled"), {
      ...context,
      signal: AbortSignal.abort(),
    });
    assert.equal(error.code, "SPACELIFT_CANCELLED");
  });

  it("carry no secret in message, cause or failures", () => {
    const failures = [{ urn: "u", type: "t", name: "n", operation: "create", reason: "got planted-secret" }];
    const error = asSpaceliftError(ended("error: got planted-secret"), {
      ...context,
      failures,
      complaints: ["saw planted-secret"],
    });
    const shown = [error.message, String(error.cause), JSON.stringify(error.failures)].join(" ");
    assert.match(shown, /\[secret\]/);
    assert.ok(!shown.includes("planted-secret"));
  });

  // Words of the provider: terraform-provider-docker 3.6.2, pushDockerRegistryImage.
  it("say how an image is loaded again that is nowhere any more", () => {
    const parents = "urn:pulumi:prod::spacelift::spacelift:platform:OnPrem$spacelift:platform:ImagePush";
    const type = "docker:index/registryImage:RegistryImage";
    const reason =
      "Error pushing docker image: Error pushing image. . Full error: An image does not exist locally with the tag: r/launcher";
    const failures = ["backend", "launcher"].map((name) => ({
      urn: `${parents}$${type}::platform-images-${name}`,
      type,
      name: `platform-images-${name}`,
      operation: "create",
      reason: name === "launcher" ? reason : "denied",
    }));
    const error = asSpaceliftError(ended("error: update failed"), { ...context, failures });
    assert.match(error.fix, /^load the images again/);
    assert.deepEqual(error.fix.match(/urn:[^']+/g), [
      `${parents}$command:local:Command::platform-images-load-launcher`,
    ]);
  });

  it("are told from standard output when standard error is silent", () => {
    const error = asSpaceliftError(ended("", "Updating\nerror: told on the wrong stream"), context);
    assert.match(error.message, /told on the wrong stream/);
  });

  it("leave an error alone that is already one of this package", () => {
    const known = new SpaceliftError("SPACELIFT_CONFIG_INVALID", "m", { fix: "f" });
    assert.equal(asSpaceliftError(known, context), known);
  });
});
