import assert from "node:assert/strict";
import { parseConfig, parseSettings } from "../../../config/parse";
import { formatProblems } from "../../../config/problems";
import { configured, raw, samples } from "../../support/configurations";
import { problemsOf } from "../../support/wrong-configurations";

describe("messages about a configuration", () => {
  it("shows no private key and no token that stands in the wrong place", () => {
    const base64 = Buffer.from(samples.rsaPem).toString("base64");
    const body = samples.rsaPem.split("\n")[1] ?? "";
    for (const value of [samples.rsaPem, base64, samples.licenseToken, [samples.rsaPem]]) {
      const report = problemsOf(configured({ domain: value, slack: value })).join("\n");
      assert.equal(report.split("\n").length, 2, report);
      for (const part of [body.slice(0, 12), base64.slice(20, 32), samples.licenseToken.slice(4, 16)]) {
        assert.ok(!report.includes(part), report);
      }
    }
  });

  it("says in time what is wrong with values without measure", () => {
    const levels = 100_000;
    const keys: Readonly<Record<string, string>> = {
      helmValues: `{"a":${"[".repeat(levels)}${"]".repeat(levels)}}`,
      ingress: `{"${"k".repeat(1_000_000)}":1}`,
      mqtt: JSON.stringify({ allowedRanges: Array(10_000).fill("x") }),
      domain: "a".repeat(5_000_000),
      ["z".repeat(1_000_000)]: "1",
    };
    const base = raw(configured());
    const began = performance.now();
    const { problems } = parseConfig({ ...base, values: { ...base.values, ...keys } });
    const report = formatProblems(problems);
    assert.equal(problems.length, 10_004);
    assert.match(report, /must be nested at most 64 levels deep/);
    assert.match(report, /… and 9804 more, which are shown when these are fixed$/);
    assert.ok(report.length < 100_000 && performance.now() - began < 5_000);
  });

  it("takes no settings that contain themselves", () => {
    const values: Record<string, unknown> = { a: 1 };
    values["b"] = values;
    const { problems } = parseSettings(
      { ...configured().settings, helmValues: values },
      configured().secrets,
    );
    assert.deepEqual(
      problems.map(({ key }) => key),
      ["helmValues.b.b"],
    );
  });
});
