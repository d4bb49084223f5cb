import assert from "node:assert/strict";
import { redactor } from "../../../peers/redact";
import { samples } from "../../support/configurations";

const MASK = "[secret]";

describe("redactor", () => {
  it("masks every place of every secret, and leaves the rest as it is", () => {
    const redact = redactor(["correct horse", "battery"]);
    assert.equal(
      redact("a correct horse and a battery, a correct horse"),
      `a ${MASK} and a ${MASK}, a ${MASK}`,
    );
    assert.equal(redact("nothing of it"), "nothing of it");
  });

  it("masks a secret as JSON and URLs write it, and in base64", () => {
    const secret = 'p@ss "word"';
    const redact = redactor([secret]);
    assert.equal(redact(JSON.stringify({ secret })), `{"secret":"${MASK}"}`);
    assert.equal(redact(`https://x/?p=${encodeURIComponent(secret)}`), `https://x/?p=${MASK}`);
    assert.equal(redact(Buffer.from(secret).toString("base64")), MASK);
  });

  it("masks the password of a database URL by itself, as it is written and as it is meant", () => {
    const redact = redactor([samples.databaseUrl]);
    assert.equal(redact("password planted-db@password"), `password ${MASK}`);
    assert.equal(redact("password planted-db%40password"), `password ${MASK}`);
    assert.equal(redact(`connect ${samples.databaseUrl}`), `connect ${MASK}`);
    assert.equal(redact("host db.example.com"), "host db.example.com");
  });

  it("masks the password of a URL with several hosts", () => {
    const redact = redactor(["postgres://spacelift:hunter2%21@one:5432,two:5433/spacelift"]);
    assert.equal(redact("hunter2! hunter2%21"), `${MASK} ${MASK}`);
  });

  it("masks every leaf of a JSON document", () => {
    const redact = redactor([JSON.stringify({ gpu: { token: "token-of-gpu", keys: ["key-of-gpu"] } })]);
    assert.equal(redact("gpu: token-of-gpu, key-of-gpu"), `gpu: ${MASK}, ${MASK}`);
  });

  it("masks every line of a key, of its base64 too", () => {
    const line = samples.rsaPem.split("\n")[1] ?? "";
    for (const secret of [
      samples.rsaPem,
      samples.encryptionPrivateKey,
      JSON.stringify({ key: samples.rsaPem }),
    ]) {
      assert.equal(redactor([secret])(`line ${line}`), `line ${MASK}`);
    }
  });

  it("masks what only looks compound, instead of failing on it", () => {
    const odd = [
      "{not json",
      "[1, 2",
      "postgres://user:100%@host/database",
      "scheme://user:%E0%A4%A@host",
      "\ud800lone half of a pair",
      "bm90IHBlbSBhdCBhbGw=",
    ];
    for (const secret of odd) assert.equal(redactor([secret])(`<${secret}>`), `<${MASK}>`, secret);
    assert.equal(redactor(["postgres://user:100%@host/database"])("with 100% of it"), `with ${MASK} of it`);
  });

  it("masks the longer of two that begin alike as a whole", () => {
    assert.equal(redactor(["secret-one", "secret-one-and-two"])("secret-one-and-two"), MASK);
  });

  it("lets words of up to three characters stand", () => {
    assert.equal(redactor(["abc", "", "\n", "a\nb"])("abc a b"), "abc a b");
    assert.equal(redactor(["abcd"])("abcd"), MASK);
  });
});
