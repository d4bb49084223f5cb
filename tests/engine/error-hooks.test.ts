import assert from "node:assert/strict";
import { join } from "node:path";
import { OperationError } from "../support/rehearsed-stack";
import type { Fault } from "../../rehearsal/twins";
import { inOrder, names, operationTimeout, rehearsalOf } from "./support";

const busy = (operation: Fault["operation"], times: number): Fault[] => [
  { package: "minio", operation, message: "wait a moment", code: "Busy", times },
];

/** What an operation that fails has told. */
async function failure(operation: Promise<unknown>): Promise<string> {
  const error: unknown = await operation.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof OperationError, String(error));
  return error.message + error.summary.diagnostics.join("\n");
}

/** What error hooks rest on, seen on the engine: the judge of this program waits for "Busy", three seconds at most. */
describe("the engine and error hooks", function () {
  this.timeout(2 * operationTimeout);
  inOrder();

  const world = rehearsalOf({
    stack: "hooks",
    projectFolder: join(__dirname, "hooks"),
    configText: "config: {}",
    config: { hooked: false },
    env: { SPACELIFT_REHEARSAL_PACE: "20" },
  });

  it("fails at once without", async () => {
    await world().setFaults(busy("create", 1));
    assert.match(await failure(world().up()), /Busy: wait a moment/);
  });

  it("does not wait in a preview", async () => {
    world().setConfig("hooked", true);
    const { diagnostics } = await world().preview();
    assert.doesNotMatch(diagnostics.join(), /Waiting/);
  });

  it("gives up at the end of the schedule and says what to do", async () => {
    await world().setFaults(busy("create", 4));
    const said = await failure(world().up());
    assert.match(said, /Waited 3 s for the store to come to rest, in vain\. Look after the store\./);
    assert.match(said, /Busy: wait a moment/);
  });

  it("tries again, and says on the resource what it waits for", async () => {
    await world().setFaults(busy("create", 2));
    const { diagnostics, steps } = await world().up();
    assert.equal(steps.filter(({ name }) => name === "user").length, 1);
    const told = diagnostics.filter((line) => line.includes("Waiting"));
    assert.match(
      told.join("\n"),
      /IamUser user: Waiting for the store to come to rest: 1 s, and 3 s at most\./,
    );
    assert.equal(told.length, 2);
  });

  it("leaves a failure alone that does not pass", async () => {
    world().setConfig("disabled", true);
    await world().setFaults([{ package: "minio", operation: "update", message: "never", code: "Denied" }]);
    const said = await failure(world().up());
    assert.match(said, /Denied: never/);
    assert.doesNotMatch(said, /Waiting/);
  });

  it("tries an update again", async () => {
    await world().setFaults(busy("update", 2));
    assert.deepEqual(names(await world().up(), "update"), ["user"]);
  });

  it("changes nothing in a stack that had no hooks, or has them no more", async () => {
    world().setConfig("hooked", false);
    assert.deepEqual((await world().up()).changes, { same: 3 });
    world().setConfig("hooked", true);
    assert.deepEqual((await world().up()).changes, { same: 3 });
    const user = (await world().exportState()).deployment.resources?.find(({ type }) =>
      type.endsWith("IamUser"),
    );
    assert.deepEqual(user?.["resourceHooks"], { OnError: ["user-retry"] });
  });

  it("reports the provider's own error when a destroy without the program fails", async () => {
    await world().setFaults(busy("delete", 1));
    const said = await failure(world().destroy());
    assert.match(said, /Busy: wait a moment/);
  });

  it("tries a deletion again when the program is run", async () => {
    await world().setFaults(busy("delete", 2));
    const { diagnostics } = await world().destroy({ args: ["--run-program"] });
    assert.match(diagnostics.join(), /Waiting for the store to come to rest/);
  });

  it("destroys without the program what has hooks in its state", async () => {
    await world().up();
    assert.deepEqual(names(await world().destroy(), "delete"), ["minio", "user"]);
  });
});
