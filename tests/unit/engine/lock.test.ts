import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withLock } from "../../../engine/lock";

const LOCK_MODULE = join(__dirname, "../../../engine/lock.ts");

describe("withLock", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lock-test-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("keeps two processes from working at the same moment", async () => {
    const log = join(folder, "log");
    await writeFile(log, "");
    const worker = `
      const { withLock } = require(${JSON.stringify(LOCK_MODULE)});
      const { appendFileSync } = require("node:fs");
      const { setTimeout: sleep } = require("node:timers/promises");
      withLock(${JSON.stringify(join(folder, "it"))}, { onWait() {}, retryMs: 20 }, async () => {
        appendFileSync(${JSON.stringify(log)}, "in\\n");
        await sleep(250);
        appendFileSync(${JSON.stringify(log)}, "out\\n");
      });`;
    const run = (): Promise<number | null> =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, ["--import", "tsx", "-e", worker], { stdio: "inherit" });
        child.once("error", reject);
        child.once("exit", resolve);
      });
    assert.deepEqual(await Promise.all([run(), run()]), [0, 0]);
    assert.equal(await readFile(log, "utf8"), "in\nout\nin\nout\n");
  });

  it("gives the lock back when the work fails", async () => {
    const path = join(folder, "it");
    const onWait = (): void => assert.fail("the lock is still held");
    await assert.rejects(
      withLock(path, { onWait }, () => Promise.reject(new Error("broken"))),
      /broken/,
    );
    assert.equal(await withLock(path, { onWait }, () => Promise.resolve(7)), 7);
  });

  it("lets the work go on whose lock was lost on the way", async () => {
    const path = join(folder, "it");
    const result = await withLock(path, { onWait: () => undefined, staleMs: 2_000 }, async () => {
      await rm(`${path}.lock`, { recursive: true });
      // The next renewal, after half that time, finds it gone.
      await sleep(1_500);
      return 7;
    });
    assert.equal(result, 7);
  });
});
