import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { describeLock, locksIn } from "../../../automation/stack-lock";
import { redactor } from "../../../peers/redact";
import { EngineCommandError } from "../../../automation/workspace/engine-command";
import { asSpaceliftError } from "../../../automation/workspace/failures";

// The words of the engine: pkg/backend/diy/lock.go of Pulumi 3.274.1, checkForLock.
const words = (...holders: readonly string[]): string =>
  [
    `error: the stack is currently locked by ${holders.length} lock(s). Either wait for the other process(es) to end or ` +
      "delete the lock file with `pulumi cancel`.",
    ...holders.map(
      (holder) => `  file:///state/.pulumi/locks/organization/spacelift/prod/1.json: created by ${holder}`,
    ),
  ].join("\n");
const since = "2026-11-24T12:00:00+01:00";

describe("locks of a stack", () => {
  const read = (holder: string, isEngine: (pid: number) => boolean = () => false) =>
    locksIn(words(holder), "this-host", isEngine)[0];

  it("are read from the engine's words", () => {
    assert.deepEqual(read(`ci@other-host (pid 4711) at ${since}`), {
      user: "ci",
      host: "other-host",
      pid: 4711,
      since,
      holder: "elsewhere",
    });
    assert.equal(locksIn(words(`a@h (pid 1) at ${since}`, `b@h (pid 2) at ${since}`)).length, 2);
    assert.deepEqual(locksIn("error: [409] Conflict: Another update is currently in progress."), []);
  });

  it("take an address with domains and users of Windows", () => {
    const { user, host } = read(`CORP\\ops@runner.example.com (pid 1) at ${since}`) ?? {};
    assert.deepEqual([user, host], ["CORP\\ops", "runner.example.com"]);
  });

  it("are dead only where this machine can tell", () => {
    const holder = `ops@this-host (pid 4711) at ${since}`;
    assert.equal(read(holder)?.holder, "gone");
    assert.equal(read(holder, (pid) => pid === 4711)?.holder, "running");
    assert.equal(read(`ops@another (pid 4711) at ${since}`)?.holder, "elsewhere");
  });

  it("are not held by another program that was given the number", async () => {
    const other = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"], { stdio: "ignore" });
    const engine = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)", "pulumi"], {
      stdio: "ignore",
    });
    const holderOf = (pid: number | undefined): string | undefined =>
      locksIn(words(`ops@${hostname()} (pid ${pid ?? 0}) at ${since}`))[0]?.holder;
    try {
      await Promise.all([once(other, "spawn"), once(engine, "spawn")]);
      assert.equal(holderOf(other.pid), "gone");
      assert.equal(holderOf(engine.pid), "running");
    } finally {
      other.kill();
      engine.kill();
    }
    await once(engine, "exit").catch(() => undefined);
    assert.equal(holderOf(engine.pid), "gone");
  });

  it("are in the error, with owner and time", () => {
    const context = {
      stack: "prod",
      backend: "file:///state",
      redact: redactor([]),
      otherwise: "SPACELIFT_UPDATE_FAILED",
    } as const;
    const errorOf = (text: string) =>
      asSpaceliftError(new EngineCommandError({ stdout: "", stderr: text, code: 255 }), context);
    const elsewhere = errorOf(words(`ci@no-such-host (pid 4711) at ${since}`));
    assert.equal(elsewhere.code, "SPACELIFT_STACK_LOCKED");
    assert.equal(
      elsewhere.message,
      `the stack "prod" is locked by ci@no-such-host since ${since} (process 4711, on another machine than this one)`,
    );
    assert.match(
      elsewhere.fix,
      /^wait until it has ended; if it was killed, release the lock: .*pulumi cancel --stack prod/,
    );
    const dead = errorOf(words(`ops@${hostname()} (pid 99999999) at ${since}`));
    assert.match(dead.message, /process 99999999, which is gone/);
    assert.match(dead.fix, /^release the lock/);
    assert.equal(dead.locks.length, 1);
    assert.ok(describeLock(dead.locks[0]!).includes(since));
  });
});
