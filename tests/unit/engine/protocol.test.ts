import assert from "node:assert/strict";
import { inClear } from "../../../engine/protocol";

const MARK = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const secret = (value: unknown): object => ({ ...MARK, plaintext: JSON.stringify(value) });

describe("values of a state with its secrets in clear", () => {
  it("are what they are, with secrets where there are any", () => {
    const cases: readonly (readonly [written: unknown, value: unknown, secret: boolean])[] = [
      ["plain", "plain", false],
      [null, null, false],
      [["a", { b: 1 }], ["a", { b: 1 }], false],
      [secret("hidden"), "hidden", true],
      [secret({ user: secret("nested") }), { user: "nested" }, true],
      [{ open: true, list: [secret(1)] }, { open: true, list: [1] }, true],
    ];
    for (const [written, value, isSecret] of cases)
      assert.deepEqual(inClear(written), { value, secret: isSecret }, JSON.stringify(written));
  });

  it("are refused while a secret is encrypted", () => {
    assert.throws(
      () => inClear({ key: { ...MARK, ciphertext: "v1:planted" } }),
      (error: Error) => {
        assert.match(error.message, /encrypted/);
        assert.ok(!error.message.includes("planted"));
        return true;
      },
    );
  });
});
