import assert from "node:assert/strict";
import { retryAfterMs } from "../../../peers/retry-after";

describe("retryAfterMs", () => {
  const now = Date.parse("Sat, 21 Nov 2026 10:00:00 GMT");
  const wait = (retryAfter?: string, date?: string): number | undefined =>
    retryAfterMs({ retryAfter, date }, now);

  it("takes seconds and dates, and knows what it cannot read", () => {
    assert.equal(wait("17"), 17_000);
    assert.equal(wait("Sat, 21 Nov 2026 10:00:30 GMT"), 30_000);
    assert.equal(wait("Sat, 21 Nov 2026 09:00:00 GMT"), 0);
    assert.equal(wait("soon"), undefined);
    assert.equal(wait(), undefined);
  });

  it("takes a date by the clock of whoever has written it", () => {
    const [retryAfter, date] = ["Sat, 21 Nov 2026 13:00:30 GMT", "Sat, 21 Nov 2026 13:00:00 GMT"];
    assert.equal(wait(retryAfter, date), 30_000);
    assert.equal(wait("Sat, 21 Nov 2026 10:00:30 GMT", "no date"), 30_000);
  });
});
