import assert from "node:assert/strict";
import { type PushProgress, progressLine, progressMeter, readProgressLine } from "../../../images/progress";

describe("the progress of a push", () => {
  it("is read back from its line, in the unit that fits", () => {
    for (const [totalBytes, sentBytes, line] of [
      [164_200_000, 16_400_000, "backend: 16.4 of 164.2 MB pushed"],
      [2_500, 1_200, "backend: 1.2 of 2.5 kB pushed"],
    ] as const) {
      const progress = { image: "backend", sentBytes, totalBytes };
      assert.equal(progressLine(progress), line);
      assert.deepEqual(readProgressLine(`<{%reset%}>${line}<{%reset%}>`), progress);
    }
    assert.equal(readProgressLine("backend: something else"), undefined);
  });

  it("is told in twenty steps at most, and not again when an upload starts over", () => {
    const told: PushProgress[] = [];
    const meter = progressMeter("backend", (progress) => told.push(progress));
    for (let sent = 0; sent <= 1000; sent += 1) meter(sent, 1000);
    for (let sent = 0; sent <= 1000; sent += 1) meter(sent, 1000);
    assert.deepEqual(
      told.map(({ sentBytes }) => sentBytes),
      Array.from({ length: 20 }, (_, step) => (step + 1) * 50),
    );
  });
});
