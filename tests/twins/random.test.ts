import { strict as assert } from "node:assert";
import { stringAt, UNKNOWN } from "../../rehearsal/twins/framework";
import { randomTwin } from "../../rehearsal/twins/random";
import { connected } from "./support/connected";

const PASSWORD = "random:index/randomPassword:RandomPassword";
const BYTES = "random:index/randomBytes:RandomBytes";

describe("The random twin", () => {
  const engine = connected(randomTwin);

  it("draws a password by its rules and keeps it secret", async () => {
    const inputs = {
      length: 40,
      special: true,
      overrideSpecial: "-",
      minSpecial: 3,
      minNumeric: 5,
      lower: false,
    };
    const { outputs, secrets } = await engine().create(PASSWORD, "pw", inputs);
    const result = stringAt(outputs, "result") ?? "";
    assert.match(result, /^[A-Z0-9-]{40}$/);
    assert.ok((result.match(/-/g) ?? []).length >= 3);
    assert.ok((result.match(/\d/g) ?? []).length >= 5);
    assert.ok(secrets.has("/result") && secrets.has("/bcryptHash"));
  });

  it("draws another password each time", async () => {
    const [first, second] = [
      await engine().create(PASSWORD, "a", { length: 20 }),
      await engine().create(PASSWORD, "a", { length: 20 }),
    ];
    assert.notEqual(first.outputs["result"], second.outputs["result"]);
  });

  it("leaves the result unknown in a preview", async () => {
    const { outputs } = await engine().create(PASSWORD, "pw", { length: 8 }, { preview: true });
    assert.equal(outputs["result"], UNKNOWN);
    assert.equal(outputs["length"], 8);
  });

  it("has no changes for the same inputs and replaces when a keeper changes", async () => {
    const state = await engine().create(PASSWORD, "pw", { length: 8, keepers: { version: "1" } });
    assert.equal((await engine().diff(state, { length: 8, keepers: { version: "1" } })).hasChanges, false);
    assert.deepEqual((await engine().diff(state, { length: 8, keepers: { version: "2" } })).replaces, [
      "keepers.version",
    ]);
  });

  it("draws bytes that read the same in base64 and in hexadecimal", async () => {
    const { outputs, secrets } = await engine().create(BYTES, "bytes", { length: 32 });
    const bytes = Buffer.from(stringAt(outputs, "base64") ?? "", "base64");
    assert.equal(bytes.length, 32);
    assert.equal(bytes.toString("hex"), outputs["hex"]);
    assert.ok(secrets.has("/base64") && secrets.has("/hex"));
  });

  it("rejects unknown keys, wrong types and minimums that exceed the length", async () => {
    const { failures } = await engine().check(PASSWORD, "pw", { length: "ten", lenght: 10 });
    assert.deepEqual(failures, ["lenght: Invalid or unknown key", "length: expected a number, got a string"]);
    const { failures: tooMany } = await engine().check(PASSWORD, "pw", { length: 3, minLower: 4 });
    assert.deepEqual(tooMany, ["length: must be at least the sum of the minimums, 4"]);
  });
});
