import assert from "node:assert/strict";
import { join } from "node:path";
import { runCommand } from "../../../../peers/run-command";

const folder = join(__dirname, "../../../../automation/workspace");

/**
 * Runs a process of its own, whose end is what is looked at: one program in it hangs and is dropped, and then something is
 * rejected. `owner` is what belongs to that program, `programs` tells whose callback the present one is.
 */
async function afterwards(
  rejecting: string,
): Promise<{ readonly code: number | null; readonly printed: string }> {
  const script = `
    const { AsyncLocalStorage } = require("node:async_hooks");
    const { dropListeners, withOwnRejections } = require(${JSON.stringify(join(folder, "own-rejections"))});
    const programs = (globalThis.asyncLocalStorage = new AsyncLocalStorage());
    const owner = {};
    const hears = (reason) => console.log("heard", reason.message);
    const nextTurn = () => new Promise((done) => setImmediate(done));
    (async () => {
      await withOwnRejections(async () => {
        programs.run(owner, () => process.on("unhandledRejection", hears));
        await nextTurn();
      });
      dropListeners(owner);
      ${rejecting}
      await nextTurn();
      console.log("alive");
    })();`;
  const { code, stdout, stderr } = await runCommand(process.execPath, ["--import", "tsx", "--eval", script]);
  return { code, printed: stdout + stderr };
}

describe("a program that hangs once its operation is over", () => {
  it("ends nothing by what it still rejects, and is not told of it", async () => {
    const { code, printed } = await afterwards(
      `programs.run(owner, () => void Promise.reject(new Error("late")));`,
    );
    assert.deepEqual([code, printed], [0, "alive\n"]);
  });

  it("leaves what others reject to Node.js", async () => {
    const { code, printed } = await afterwards(`void Promise.reject(new Error("of another"));`);
    assert.equal(code, 1);
    assert.match(printed, /Error: of another/);
    assert.doesNotMatch(printed, /heard|alive/);
  });

  it("leaves what others reject to whoever listens", async () => {
    const { code, printed } = await afterwards(`
      process.on("unhandledRejection", (reason) => console.log("handled", reason.message));
      void Promise.reject(new Error("of another"));`);
    assert.deepEqual([code, printed], [0, "handled of another\nalive\n"]);
  });
});
