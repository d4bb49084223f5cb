import assert from "node:assert/strict";
import type { EventResource, SpaceliftEvent } from "../../../../automation";
import { plainLines } from "../../../../cli/render/line-reporters";

const resource: EventResource = {
  urn: "urn:pulumi:aks::spacelift::azure-native:containerservice:ManagedCluster::aks",
  type: "azure-native:containerservice:ManagedCluster",
  name: "aks",
  parent: "",
};
const event = (fields: Partial<SpaceliftEvent> & Pick<SpaceliftEvent, "kind">): SpaceliftEvent =>
  ({ elapsedMs: 65_000, ...fields }) as SpaceliftEvent;
const lines = (fields: Partial<SpaceliftEvent> & Pick<SpaceliftEvent, "kind">): readonly string[] =>
  plainLines(event(fields)).map((line) => line.trim());

describe("plain lines", () => {
  it("tell how far a push is", () => {
    const progress = { image: "backend", sentBytes: 16_400_000, totalBytes: 164_200_000 };
    assert.deepEqual(lines({ kind: "push", resource, ...progress }), [
      "[   1:05] backend: 16.4 of 164.2 MB pushed",
    ]);
  });

  it("tell what was done with its position and its time", () => {
    assert.deepEqual(
      lines({
        kind: "resource",
        status: "done",
        operation: "create",
        resource,
        done: 3,
        total: 57,
        durationMs: 312_000,
      }),
      ["[   1:05]    3/57  + created aks  azure-native:containerservice:ManagedCluster  5:12"],
    );
  });

  it("leave out what stays as it is, what is planned and what has only begun", () => {
    const each = { kind: "resource", resource, done: 1 } as const;
    assert.deepEqual(lines({ ...each, status: "done", operation: "same" }), []);
    assert.deepEqual(lines({ ...each, status: "planned", operation: "create" }), []);
    assert.deepEqual(lines({ ...each, status: "started", operation: "create" }), []);
  });

  it("tell what failed", () => {
    const [line = ""] = lines({ kind: "resource", status: "failed", operation: "delete", resource, done: 1 });
    assert.match(line, /! deleting failed: aks {2}azure-native:containerservice:ManagedCluster$/);
  });

  it("tell what is being waited for, why, and how long it usually takes", () => {
    const waitingFor = [
      {
        ...resource,
        operation: "create",
        sinceMs: 48_000,
        why: "Azure makes the nodes",
        usualMs: [240_000, 480_000] as const,
      },
    ];
    assert.deepEqual(lines({ kind: "waiting", waitingFor, done: 2 }), [
      "[   1:05] waiting, 48 s creating aks (ManagedCluster): Azure makes the nodes (usually 4 to 8 min)",
    ]);
  });

  it("tell the plan, the phase, messages and warnings of checks", () => {
    const check = { id: "dns", title: "DNS", reason: "no record", fix: "make one", durationMs: 3 };
    assert.deepEqual(lines({ kind: "plan", changes: { create: 52, same: 3 } }), [
      "[   1:05] plan: 52 to create, 3 unchanged",
    ]);
    assert.deepEqual(lines({ kind: "phase", phase: "update" }), ["[   1:05] updating"]);
    assert.deepEqual(lines({ kind: "message", severity: "warning", message: "one\ntwo", resource }), [
      "[   1:05] warning: aks: one",
      "[   1:05] two",
    ]);
    assert.deepEqual(lines({ kind: "check", check: { ...check, status: "warning" } }), [
      "[   1:05] warning: DNS: no record",
    ]);
    const { fix: _, ...good } = check;
    assert.deepEqual(lines({ kind: "check", check: { ...good, status: "passed" } }), []);
  });
});
