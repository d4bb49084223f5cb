import assert from "node:assert/strict";
import { mergeValues } from "../../../components/json";

describe("mergeValues", () => {
  it("merges objects, replaces everything else and changes neither argument", () => {
    const base = { a: { b: 1, c: [1, 2] }, d: "x" };
    assert.deepEqual(mergeValues(base, { a: { c: [3], e: null } }), { a: { b: 1, c: [3], e: null }, d: "x" });
    assert.deepEqual(base, { a: { b: 1, c: [1, 2] }, d: "x" });
  });
});
