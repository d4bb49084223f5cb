import assert from "node:assert/strict";
import { join } from "node:path";
import { openWorld } from "../../rehearsal/twins";
import { delays } from "../../rehearsal/twins/azure/arm/tables";
import { OperationError } from "../support/rehearsed-stack";
import { operationTimeout, rehearsalOf } from "./support";

/** On a clock, requests come too early: Azure refuses them when they are asked for, not when they would end. */
describe("what Azure refuses for a while", function () {
  this.timeout(3 * operationTimeout);

  const clock = 60;
  const config = { "aks.size": "dev", "aks.cluster": { pools: [{ name: "apps" }, { name: "runs" }] } };
  const hookless = ["./program/register-typescript.cjs", join(__dirname, "hookless.cjs")].map(
    (file) => `--require ${file}`,
  );
  const bare = rehearsalOf({ stack: "aks", clock, config, env: { NODE_OPTIONS: hookless.join(" ") } });
  const hooked = rehearsalOf({ stack: "aks", clock, config });
  // Long enough that a busy machine, on which the engine comes later to what it does next, is too early all the same.
  before(() => {
    for (const { folders } of [bare(), hooked()]) {
      openWorld(folders.world).change((state) => {
        delays.of(state).set("roles", { seconds: 480 });
        delays.of(state).set("settling", { seconds: 240 });
      });
    }
  });

  it("fails the first `up` of a program that does not wait", async () => {
    const error: unknown = await bare()
      .up()
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
    assert.ok(error instanceof OperationError, String(error));
    assert.match(
      error.message,
      /CustomKubeletIdentityMissingPermissionError|LinkedAuthorizationFailed|ServerIsBusy/,
    );
  });

  it("is waited out, and told, by one with hooks", async () => {
    const { diagnostics, changes } = await hooked().up();
    assert.ok((changes["create"] ?? 0) > 50);
    const told = diagnostics.filter((line) => line.includes("Waiting for")).join("\n");
    assert.match(told, /platform-cluster-cluster: Waiting for the cluster's role on .* to be honoured/);
    assert.match(
      told,
      /platform-database-database: Waiting for the PostgreSQL server to end another operation/,
    );
    assert.doesNotMatch(told, /virtual network/);
  });
});
