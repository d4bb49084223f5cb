import assert from "node:assert/strict";
import { formatProblems } from "../../../../config/problems";
import { stepProblems } from "../../../../config/rules/upgrade";

const lines = (from: string | undefined, to: string, allowFrom?: string): readonly string[] => {
  const problems = stepProblems(from, { version: to, upgrade: { allowFrom } });
  return problems.length === 0 ? [] : [formatProblems(problems).split("\n")[1]?.trim() ?? ""];
};

describe("rules of upgrades", () => {
  it("take any step that the vendor's migrations know", () => {
    for (const [from, to] of [
      [undefined, "v3.0.0"],
      ["v3.1.0", "v3.1.0"],
      ["v3.0.0", "v3.8.2"],
      // The vendor's changelog: v4.0.0 takes over from any v3.
      ["v3.0.0", "v4.0.0"],
      ["v6.5.0", "v7.0.0"],
    ] as const) {
      assert.deepEqual(lines(from, to), [], `${from ?? "nothing"} to ${to}`);
    }
  });

  it("go back to no older release", () => {
    assert.deepEqual(lines("v4.1.0", "v4.0.9"), [
      "`spacelift:version`: is v4.0.9, and the newer v4.1.0 is deployed: it has migrated the database, and there is no way back; run `pulumi config set spacelift:version v4.1.0`; or restore the database from a backup of v4.0.9 and run `pulumi config set --path spacelift:upgrade.allowFrom v4.1.0`",
    ]);
  });

  it("skip no major version, and name the releases on the way", () => {
    assert.deepEqual(lines("v3.7.0", "v6.4.0"), [
      "`spacelift:version`: skips a major version: v3.7.0 is deployed, and each major version migrates the database of the one before; go by v3.7.0, v4.3.0, v5.1.1, v6.4.0: run `pulumi config set spacelift:version v4.3.0` first, with its archive; or, where the vendor says otherwise, run `pulumi config set --path spacelift:upgrade.allowFrom v3.7.0`",
    ]);
    assert.match(lines("v6.5.0", "v9.0.0")[0] ?? "", /go by v6\.5\.0, v7\.x\.y, v8\.x\.y, v9\.0\.0:/);
  });

  it("judge no tag of a private build", () => {
    assert.deepEqual(lines("nightly", "v3.0.0"), []);
    assert.deepEqual(lines("v6.0.0", "nightly"), []);
  });

  it("let a step pass that is allowed, and that one alone", () => {
    assert.deepEqual(lines("v5.1.1", "v3.8.0", "v5.1.1"), []);
    assert.equal(lines("v5.2.0", "v3.8.0", "v5.1.1").length, 1);
  });
});
