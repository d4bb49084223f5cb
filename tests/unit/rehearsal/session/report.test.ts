import assert from "node:assert/strict";
import type { RehearsalSummary, Step } from "../../../../rehearsal/session";
import { operationReport, outputsReport } from "../../../../rehearsal/session/report";

const step = (op: string, name: string, parent = "", more: Partial<Step> = {}): Step => ({
  op,
  urn: name,
  type: "t:t:T",
  name,
  parent,
  ...more,
});
const summary = (more: Partial<RehearsalSummary>): RehearsalSummary => ({
  operation: "up",
  ok: true,
  changes: {},
  steps: [],
  diagnostics: [],
  durationMs: 1234,
  stdout: "",
  ...more,
});

describe("operationReport", () => {
  it("says in one line that nothing is to be changed", () => {
    const lines = operationReport(summary({ changes: { same: 7 }, steps: [step("same", "stack")] }));
    assert.deepEqual(lines, ["nothing to change: 7 resources as they should be (1.2 s)"]);
  });

  it("draws a tree by parent and leaves untouched branches out", () => {
    const steps = [
      step("same", "stack"),
      step("same", "idle", "stack"),
      step("same", "group", "stack"),
      step("create", "b", "group"),
      step("update", "a", "group", { diffs: ["size"] }),
      step("create", "z", "stack"),
    ];
    assert.deepEqual(operationReport(summary({ changes: { create: 2, update: 1, same: 3 }, steps })), [
      "  stack  t:t:T",
      "  ├─ group  t:t:T",
      "~ │  ├─ a  t:t:T  (size)",
      "+ │  └─ b  t:t:T",
      "+ └─ z  t:t:T",
      "",
      "2 created, 1 updated, 3 unchanged, 1.2 s",
    ]);
  });

  it("shows a replacement as one resource, with the properties that force it", () => {
    const keys = { replaceKeys: ["length"], diffs: ["length", "keepers"] };
    const steps = [
      step("create-replacement", "pw", "", keys),
      step("replace", "pw", "", keys),
      step("delete-replaced", "pw", "", keys),
    ];
    const changes = { "create-replacement": 1, replace: 1, "delete-replaced": 1 };
    assert.deepEqual(operationReport(summary({ changes, steps })), [
      "± pw  t:t:T  (length)",
      "",
      "1 replaced, 1.2 s",
    ]);
  });

  it("speaks of a preview as of the future", () => {
    const lines = operationReport(
      summary({ operation: "preview", changes: { create: 1 }, steps: [step("create", "a")] }),
    );
    assert.equal(lines.at(-1), "1 to create, 1.2 s");
  });

  it("puts a failure first in the counts and its reasons last", () => {
    const lines = operationReport(
      summary({
        ok: false,
        steps: [step("create", "a", "", { failed: true })],
        diagnostics: ["error: no quota"],
      }),
    );
    assert.deepEqual(lines, ["! a  t:t:T", "", "up failed, 1.2 s", "", "error: no quota"]);
  });

  it("lists what destroy kept, even when there was nothing to take away", () => {
    const kept = {
      protected: [{ type: "t:t:T", name: "key" }],
      retained: [],
      advice: ["the key: forget it"],
    };
    assert.deepEqual(operationReport(summary({ operation: "destroy", changes: { same: 2 }, kept })), [
      "kept, for it is protected:",
      "  key  t:t:T",
      "",
      "to give it up (a setting takes `up` and `destroy` again):",
      "  the key: forget it",
      "",
      "nothing to take away (1.2 s)",
    ]);
  });
});

describe("outputsReport", () => {
  it("writes YAML under a heading", () => {
    assert.deepEqual(outputsReport({ url: "https://x", list: ["a"] }), [
      "outputs",
      "  url: https://x",
      "  list:",
      "    - a",
    ]);
    assert.deepEqual(outputsReport({}), ["the stack has no outputs"]);
  });

  it("reduces a long output to a remark", () => {
    const outputs = { values: { a: 1, b: 2, c: 3 }, url: "https://x" };
    assert.deepEqual(outputsReport(outputs, { maxLines: 3 }), [
      "outputs",
      "  values: (3 lines; see `outputs`)",
      "  url: https://x",
    ]);
  });
});
