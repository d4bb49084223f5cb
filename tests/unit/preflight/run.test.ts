import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { redactor } from "../../../peers/redact";
import { type Check, finding } from "../../../preflight/check";
import { type CheckResult, runChecks } from "../../../preflight/run";
import { minimal } from "../../support/configurations";
import { subjectOf } from "../../support/peers/look";

const SECRET = "planted-secret";

const options = { ...subjectOf(minimal), redact: redactor([SECRET]) };

const check = (id: string, run: Check["run"], rest: Partial<Check> = {}): Check => ({
  id,
  title: `Title of ${id}`,
  run,
  ...rest,
});

const name = finding("x.y", "X");

describe("runChecks", () => {
  it("gives every finding in the order of the checks, and each as it comes", async () => {
    const seen: string[] = [];
    const onResult = (result: CheckResult): void => {
      seen.push(result.id);
    };
    const slow = check("slow", async () => {
      await sleep(40);
      return [finding("slow.one", "").passed("fine"), finding("slow.two", "").warning("hm", "do")];
    });
    const fast = check("fast", () => Promise.resolve([finding("fast.one", "").passed("fine")]));
    const results = await runChecks([slow, fast], { ...options, onResult });
    assert.deepEqual(
      results.map(({ id, status }) => `${id} ${status}`),
      ["slow.one passed", "slow.two warning", "fast.one passed"],
    );
    assert.deepEqual(seen, ["fast.one", "slow.one", "slow.two"]);
    assert.ok((results[0]?.durationMs ?? 0) >= 35);
  });

  it("masks secrets in reason and fix", async () => {
    const leaky = check("leaky", () => Promise.resolve([name.failed(`it is ${SECRET}`, `set ${SECRET}`)]));
    const [result] = await runChecks([leaky], options);
    assert.equal(result?.reason, "it is [secret]");
    assert.equal(result.fix, "set [secret]");
  });

  it("does not run a check that does not apply", async () => {
    const skipping = check("skipping", () => Promise.reject(new Error("was run")), {
      skip: ({ settings }) => `not on ${settings.target}`,
    });
    const [result] = await runChecks([skipping], options);
    assert.deepEqual([result?.id, result?.status, result?.reason], ["skipping", "skipped", "not on onprem"]);
  });

  it("reports a check that rejects, throws, or throws when asked whether it applies, without its secrets", async () => {
    const error = new Error(`bad ${SECRET}`);
    const throwing = (): never => {
      throw error;
    };
    const results = await runChecks(
      [
        check("rejects", () => Promise.reject(error)),
        check("throws", throwing),
        check("skip", () => Promise.resolve([]), { skip: throwing }),
        check("fine", () => Promise.resolve([name.passed("fine")])),
      ],
      options,
    );
    assert.deepEqual(
      results.map(({ id, status }) => `${id} ${status}`),
      ["rejects failed", "throws failed", "skip failed", "x.y passed"],
    );
    assert.equal(results[0]?.reason, "the check itself failed: bad [secret]");
  });

  it("gives up on a check when its time is up, and tells it so", async () => {
    let told = false;
    const hanging = check(
      "hanging",
      ({ signal }) =>
        new Promise(() => {
          signal.addEventListener("abort", () => {
            told = true;
          });
        }),
      { timeoutMs: 50 },
    );
    // A timer of its own keeps the process alive, as the sockets of a real check would.
    const [[result]] = await Promise.all([runChecks([hanging], options), sleep(100)]);
    assert.equal(result?.id, "hanging");
    assert.equal(result.reason, "no answer within 0.05 s");
    assert.ok(told);
  });

  it("rejects when the caller gives up", async () => {
    const reason = new Error("enough");
    const endless = check("endless", () => sleep(10_000, [], { ref: false }));
    const late = runChecks([endless], { ...options, signal: AbortSignal.abort(reason) });
    await assert.rejects(late, reason);
    const controller = new AbortController();
    const interrupted = runChecks([endless], { ...options, signal: controller.signal });
    controller.abort(reason);
    await assert.rejects(interrupted, reason);
  });
});
