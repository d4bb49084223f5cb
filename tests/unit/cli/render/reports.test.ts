import assert from "node:assert/strict";
import { SpaceliftError } from "../../../../automation/errors";
import { errorLines } from "../../../../cli/render/findings";
import { jsonReporter } from "../../../../cli/render/line-reporters";
import { duration } from "../../../../cli/render/words";

const check = { id: "db.version", title: "Version of Postgres", durationMs: 1 } as const;
const preflight = new SpaceliftError("SPACELIFT_PREFLIGHT_FAILED", "checks failed:\n  Version: old", {
  fix: "deploy without `preflight`",
  checks: [
    { ...check, status: "failed", reason: "Postgres 13 is older than 14", fix: "upgrade it" },
    { ...check, status: "passed", reason: "never shown" },
  ],
});

describe("errors for people", () => {
  it("a wrong configuration is listed with the command for each problem", () => {
    const error = new SpaceliftError("SPACELIFT_CONFIG_INVALID", "ignored", {
      fix: "ignored",
      problems: [
        { key: "domain", problem: "is missing", fix: "run `x`" },
        { key: "version", problem: "is bad", fix: "run `y`" },
      ],
    });
    assert.equal(
      errorLines(error).join("\n"),
      [
        "error: 2 problems in the configuration; nothing was changed:",
        "  `spacelift:domain`: is missing; run `x`",
        "  `spacelift:version`: is bad; run `y`",
        "fix: run or do what is named above, then try again",
        "code: SPACELIFT_CONFIG_INVALID (exit code 2)",
      ].join("\n"),
    );
  });

  it("failed checks come with what to do, and with the option of this command line", () => {
    const text = errorLines(preflight).join("\n");
    assert.match(text, /✗ Version of Postgres: Postgres 13 is older than 14\n {6}fix: upgrade it/);
    assert.match(text, /`--skip-preflight`/);
    assert.match(text, /exit code 3/);
    assert.ok(!text.includes("never shown"));
  });

  it("failed resources come with what the provider said", () => {
    const error = new SpaceliftError("SPACELIFT_UPDATE_FAILED", "the stack failed", {
      fix: "run it again",
      failures: [{ urn: "u", type: "k8s:Release", name: "web", operation: "create", reason: "no\npods" }],
    });
    assert.match(
      errorLines(error).join("\n"),
      /creating web \(k8s:Release\) failed:\n {6}no\n {6}pods\nfix: run it again/,
    );
  });

  it("only a bug shows a stack trace", () => {
    assert.ok(!errorLines(preflight).some((line) => /^\s+at /.test(line)));
    assert.match(
      errorLines(new TypeError("x is not y")).join("\n"),
      /TypeError: x is not y\n +at .*\n[^]*a bug/,
    );
  });
});

describe("errors for machines", () => {
  const written = (error: unknown): Record<string, unknown> => {
    let text = "";
    jsonReporter({ write: (piece: string) => (text += piece) }).failure(error);
    assert.match(text, /^[^\n]+\n$/);
    return JSON.parse(text) as Record<string, unknown>;
  };

  it("are one line with the code, the exit code, the fix and what was found", () => {
    const { kind, code, exitCode, checks } = written(preflight);
    assert.deepEqual([kind, code, exitCode], ["error", "SPACELIFT_PREFLIGHT_FAILED", 3]);
    assert.equal((checks as unknown[]).length, 2);
  });

  it("a bug is one, too", () => {
    assert.deepEqual([written(new Error("oops"))["code"], written("oops")["exitCode"]], ["INTERNAL", 1]);
  });
});

describe("durations", () => {
  it("are worded as people read them", () => {
    assert.deepEqual([80, 9_949, 12_300, 65_000, 3_723_000].map(duration), [
      "0.1 s",
      "9.9 s",
      "12 s",
      "1:05",
      "1:02:03",
    ]);
  });
});
