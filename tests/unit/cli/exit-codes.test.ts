import assert from "node:assert/strict";
import { errorCodes } from "../../../automation/errors";
import { exitCodeOf, exitCodes } from "../../../cli/exit-codes";

describe("exit codes", () => {
  it("every error has one, every one is explained, and none is success", () => {
    assert.deepEqual(Object.keys(exitCodeOf).sort(), Object.keys(errorCodes).sort());
    for (const code of Object.values(exitCodeOf)) assert.ok(code in exitCodes && code !== 0, String(code));
  });

  it("tells what was not changed, what is locked, what is missing and what was cancelled apart", () => {
    assert.equal(exitCodeOf.SPACELIFT_CONFIG_INVALID, 2);
    assert.equal(exitCodeOf.SPACELIFT_PREFLIGHT_FAILED, 3);
    assert.equal(exitCodeOf.SPACELIFT_STACK_LOCKED, 4);
    assert.equal(exitCodeOf.SPACELIFT_NOT_DEPLOYED, 5);
    assert.equal(exitCodeOf.SPACELIFT_UPDATE_FAILED, 1);
    assert.equal(exitCodeOf.SPACELIFT_CANCELLED, 130);
  });
});
