import assert from "node:assert/strict";
import type { PlannedStep } from "../../../../automation";
import { planTree } from "../../../../cli/render/plan-tree";

const step = (
  operation: string,
  name: string,
  parent = "",
  more: Partial<PlannedStep> = {},
): PlannedStep => ({
  operation,
  resource: { urn: name, type: "t:t:T", name, parent },
  ...more,
});

describe("planTree", () => {
  it("draws a tree by parent and leaves untouched branches out", () => {
    const steps = [
      step("same", "stack"),
      step("same", "idle", "stack"),
      step("same", "group", "stack"),
      step("create", "b", "group"),
      step("update", "a", "group", { diffs: ["size"] }),
      step("create", "z", "stack"),
    ];
    assert.deepEqual(planTree(steps), [
      "  stack  t:t:T",
      "  ├─ group  t:t:T",
      "~ │  ├─ a  t:t:T  (size)",
      "+ │  └─ b  t:t:T",
      "+ └─ z  t:t:T",
    ]);
  });

  it("shows a replacement as one resource, with the properties that force it", () => {
    const keys = { replaceKeys: ["length"], diffs: ["length", "keepers"] };
    const steps = [
      step("create-replacement", "pw", "", keys),
      step("replace", "pw", "", keys),
      step("delete-replaced", "pw", "", keys),
    ];
    assert.deepEqual(planTree(steps), ["± pw  t:t:T  (length)"]);
  });

  it("shows what goes although its parent has no step", () => {
    assert.deepEqual(planTree([step("delete", "a", "gone")]), ["- a  t:t:T"]);
  });
});
