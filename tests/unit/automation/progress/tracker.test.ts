import assert from "node:assert/strict";
import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import type { SpaceliftEvent } from "../../../../automation/events";
import { Tracker, type TrackerOptions } from "../../../../automation/progress/tracker";
import { redactor } from "../../../../peers/redact";

const urnOf = (type: string, name: string): string =>
  `urn:pulumi:s::spacelift::spacelift:x:Parent$${type}::${name}`;
const secretType = "kubernetes:core/v1:Secret";
const clusterType = "azure-native:containerservice:ManagedCluster";

/** An event of the engine about one resource, as far as the tracker reads it. */
function step(kind: keyof EngineEvent, op: string, type: string, name: string, custom = true): EngineEvent {
  const urn = urnOf(type, name);
  const state = {
    type,
    urn,
    custom,
    id: "",
    parent: "urn:pulumi:s::spacelift::pulumi:pulumi:Stack::spacelift-s",
  };
  const metadata = { op, urn, type, provider: "", new: state } as unknown as StepEventMetadata;
  return { [kind]: { metadata } } as unknown as EngineEvent;
}

const said = (severity: string, message: string, urn?: string): EngineEvent =>
  ({ diagnosticEvent: { severity, message, prefix: "", color: "never", urn } }) as unknown as EngineEvent;

function tracked(options: Partial<TrackerOptions> = {}): { tracker: Tracker; events: SpaceliftEvent[] } {
  const events: SpaceliftEvent[] = [];
  const tracker = new Tracker({
    redact: redactor(["planted-secret"]),
    emit: (event) => events.push(event),
    elapsed: () => 7,
    ...options,
  });
  return { tracker, events };
}

describe("the tracker", () => {
  it("counts what is done of the total", () => {
    const { tracker, events } = tracked({ total: 2 });
    for (const name of ["a", "b"]) {
      tracker.handle(step("resourcePreEvent", "create", secretType, name));
      tracker.handle(step("resOutputsEvent", "create", secretType, name));
    }
    const counts = events.map(
      (event) => event.kind === "resource" && [event.status, event.done, event.total],
    );
    assert.deepEqual(counts, [
      ["started", 0, 2],
      ["done", 1, 2],
      ["started", 1, 2],
      ["done", 2, 2],
    ]);
  });

  it("raises the total when there is more than was planned", () => {
    const { tracker, events } = tracked({ total: 0 });
    tracker.handle(step("resOutputsEvent", "create", secretType, "a"));
    const [event] = events;
    assert.equal(event?.kind === "resource" && event.total, 1);
  });

  it("tells how far a push is, and takes that out of the error of one that fails", () => {
    const { tracker, events } = tracked();
    const urn = urnOf("command:local:Command", "platform-images-backend");
    const line = "backend: 16.4 of 164.2 MB pushed";
    const ephemeral = said("info", `<{%reset%}>${line}<{%reset%}>\n`, urn);
    Object.assign(ephemeral.diagnosticEvent!, { ephemeral: true });
    tracker.handle(ephemeral);
    const [event] = events;
    assert.deepEqual(
      event?.kind === "push" && [event.image, event.sentBytes, event.totalBytes, event.resource.name],
      ["backend", 16_400_000, 164_200_000, "platform-images-backend"],
    );
    tracker.handle(step("resOpFailedEvent", "create", "command:local:Command", "platform-images-backend"));
    tracker.handle(said("error", `exit status 1: running "push-image.cjs":\n${line}\nerror: no room`, urn));
    assert.equal(tracker.failures[0]?.reason, 'exit status 1: running "push-image.cjs":\nerror: no room');
  });

  it("only plans in a preview", () => {
    const { tracker, events } = tracked({ planning: true });
    tracker.handle(step("resourcePreEvent", "create", secretType, "a"));
    tracker.handle(step("resOutputsEvent", "create", secretType, "a"));
    assert.deepEqual(
      events.map((event) => event.kind === "resource" && event.status),
      ["planned"],
    );
  });

  it("tells the end of a component once, though the engine reports it twice", () => {
    const { tracker, events } = tracked();
    tracker.handle(step("resOutputsEvent", "create", "spacelift:x:Parent", "p", false));
    tracker.handle(step("resOutputsEvent", "create", "spacelift:x:Parent", "p", false));
    assert.equal(events.length, 1);
  });

  it("leaves out the stack and the engine's own providers", () => {
    const { tracker, events } = tracked();
    tracker.handle(step("resOutputsEvent", "create", "pulumi:pulumi:Stack", "spacelift-s", false));
    tracker.handle(step("resOutputsEvent", "create", "pulumi:providers:random", "default_4_21_2"));
    assert.deepEqual(events, []);
  });

  it("says what is being waited for and why, not for what has just begun, nor for components", () => {
    const { tracker, events } = tracked();
    const clock = performance.now.bind(performance);
    tracker.handle(step("resourcePreEvent", "create", clusterType, "cluster"));
    tracker.handle(step("resourcePreEvent", "create", "spacelift:x:Parent", "p", false));
    tracker.heartbeat();
    assert.equal(events.filter(({ kind }) => kind === "waiting").length, 0);
    performance.now = () => clock() + 60_000;
    try {
      tracker.heartbeat();
    } finally {
      performance.now = clock;
    }
    const [event] = events.filter((each) => each.kind === "waiting");
    assert.deepEqual(
      event?.waitingFor.map(({ name, why, usualMs, sinceMs }) => [name, why, usualMs, sinceMs >= 60_000]),
      [["cluster", "Azure creates the control plane and the first nodes", [240_000, 480_000], true]],
    );
  });

  it("joins a failure with what was said about it, secrets masked", () => {
    const { tracker, events } = tracked();
    tracker.handle(step("resourcePreEvent", "create", secretType, "a"));
    tracker.handle(said("error", "refused: planted-secret", urnOf(secretType, "a")));
    tracker.handle(step("resOpFailedEvent", "create", secretType, "a"));
    tracker.handle(said("error", "the program threw"));
    assert.deepEqual(
      tracker.failures.map(({ name, operation, reason }) => [name, operation, reason]),
      [["a", "create", "refused: [secret]"]],
    );
    assert.deepEqual(tracker.complaints, ["the program threw"]);
    assert.ok(!JSON.stringify(events).includes("planted-secret"));
  });

  it("drops debug messages, which spell secrets out", () => {
    const { tracker, events } = tracked();
    tracker.handle(said("debug", "anything"));
    tracker.handle(said("info", "  "));
    assert.deepEqual(events, []);
  });
});
