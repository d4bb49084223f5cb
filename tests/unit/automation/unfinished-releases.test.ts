import assert from "node:assert/strict";
import { candidatesOf, withoutPending } from "../../../automation/unfinished-releases";
import type { StackState, StateResource } from "../../../engine/protocol";

const urn = (name: string): string => `urn:pulumi:onprem::spacelift::kubernetes:helm.sh/v3:Release::${name}`;
const release = (name: string, inputs: object = {}): StateResource => ({
  urn: urn(name),
  type: "kubernetes:helm.sh/v3:Release",
  custom: true,
  parent: "urn:parent",
  dependencies: ["urn:secret"],
  inputs: { name, namespace: "spacelift", chart: "c", timeout: 1200, ...inputs },
});
const parts: readonly StateResource[] = [
  { urn: "urn:parent", type: "spacelift:spacelift:Spacelift" },
  { urn: "urn:secret", type: "kubernetes:core/v1:Secret" },
];
const stateOf = (resources: readonly StateResource[], pending: readonly object[] = []): StackState => ({
  version: 3,
  deployment: { resources, pending_operations: pending, manifest: { magic: "m" } },
});
const creating = (resource: StateResource): object => ({ resource, type: "creating" });

describe("unfinished releases", () => {
  it("are looked for among the releases of the state, and those whose creation did not end", () => {
    const state = stateOf(
      [...parts, release("made"), release("both")],
      [
        creating(release("begun")),
        creating(release("both")),
        { resource: release("changed"), type: "updating" },
        creating({ urn: "urn:x", type: "kubernetes:core/v1:Secret", inputs: {} }),
      ],
    );
    const found = candidatesOf(state).map(({ release: { name, operation } }) => `${operation} ${name}`);
    assert.deepEqual(found, ["update made", "update both", "adopt begun"]);
    const [, , begun] = candidatesOf(state);
    assert.deepEqual(begun?.release, {
      operation: "adopt",
      name: "begun",
      namespace: "spacelift",
      chart: "c",
      timeoutSeconds: 1200,
      values: {},
    });
    // A name that is secret in the state cannot be read from it.
    assert.deepEqual(candidatesOf(stateOf([release("odd", { name: { ciphertext: "x" } })])), []);
  });

  it("leave the state with what was adopted, and without the creations that have ended", () => {
    const pending = [creating(release("begun")), creating(release("both")), creating(release("lost"))];
    const state = stateOf([...parts, release("both")], pending);
    const made = { ...release("begun"), id: "spacelift/begun" };
    const settled = withoutPending(state, [made]);
    assert.deepEqual(
      settled?.deployment.resources?.map(({ id, urn: each }) => id ?? each),
      ["urn:parent", "urn:secret", urn("both"), "spacelift/begun"],
    );
    assert.deepEqual(settled.deployment["pending_operations"], [creating(release("lost"))]);
    assert.deepEqual(settled.deployment["manifest"], { magic: "m" });
  });

  it("leave a state alone that has nothing of them, or lacks what they hang on", () => {
    assert.equal(withoutPending(stateOf(parts), []), undefined);
    assert.equal(withoutPending(stateOf([]), [release("begun")]), undefined);
  });
});
