import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { onInterrupt } from "../../../cli/interrupt";

describe("Ctrl-C", () => {
  it("ends gracefully the first time, is one press when npm doubles it, and ends at once the second time", () => {
    const told: string[] = [];
    const exits: number[] = [];
    let now = 0;
    const source = new EventEmitter();
    const { signal, release } = onInterrupt({
      source,
      tell: (line) => told.push(line),
      exit: (code) => exits.push(code),
      now: () => now,
    });
    const press = (): void => void source.emit("SIGINT", "SIGINT");
    press();
    assert.ok(signal.aborted);
    now = 100;
    press();
    assert.deepEqual([told.length, exits], [1, []]);
    now = 5_000;
    press();
    assert.deepEqual(exits, [130]);
    assert.match(told[1] ?? "", /pulumi cancel/);
    release();
    assert.deepEqual(source.eventNames(), []);
  });

  it("ends gracefully when the terminal closes, and never at once for that, however often it says so", () => {
    const exits: number[] = [];
    let now = 0;
    const source = new EventEmitter();
    const exit = (code: number): number => exits.push(code);
    const { signal } = onInterrupt({ source, tell: () => undefined, exit, now: () => now });
    for (now of [0, 10, 5_000]) source.emit("SIGHUP", "SIGHUP");
    assert.ok(signal.aborted);
    assert.deepEqual(exits, []);
    source.emit("SIGTERM", "SIGTERM");
    assert.deepEqual(exits, [130]);
  });
});
