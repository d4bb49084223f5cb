import assert from "node:assert/strict";
import { envChecksum } from "../../../../components/spacelift/env";

describe("envChecksum", () => {
  it("depends on names, values and key, but not on order", () => {
    const sum = envChecksum("key", { A: "1", B: "2" }, { C: "3" });
    assert.equal(envChecksum("key", { B: "2", A: "1" }, { C: "3" }), sum);
    assert.notEqual(envChecksum("key", { A: "1", B: "3" }, { C: "3" }), sum);
    assert.notEqual(envChecksum("key", { A: "1" }, { B: "2", C: "3" }), sum);
    assert.notEqual(envChecksum("other", { A: "1", B: "2" }, { C: "3" }), sum);
    assert.match(sum, /^[0-9a-f]{64}$/);
  });
});
