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
    const press = (): void => void source.emit("SIGINT");
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
});
