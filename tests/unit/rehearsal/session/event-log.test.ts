import assert from "node:assert/strict";
import { RehearsalError } from "../../../../rehearsal/session";
import { EventLog } from "../../../../rehearsal/session/event-log";
import { keptBy, type StackState } from "../../../../engine/protocol";
import { changeCount, type RehearsalSummary } from "../../../../rehearsal/session/summary";

const STACK = "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s";
const SECRET = {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext: "[secret]",
};
const exit = { code: 0, stderr: "", durationMs: 5 };

const resource = (op: string, urn: string, more: object = {}, outputs: object = {}): object => ({
  metadata: {
    op,
    urn,
    type: urn.split("::")[2]?.split("$").at(-1),
    new: { parent: STACK, outputs },
    keys: null,
    diffs: null,
    ...more,
  },
});
const diagnostic = (severity: string, message: string, more: object = {}): object => ({
  diagnosticEvent: { severity, message, color: "never", ...more },
});

function summaryOf(
  events: readonly object[],
  end: { code: number | null; stderr: string; durationMs: number } = exit,
): RehearsalSummary {
  const log = new EventLog();
  for (const event of events) log.line(JSON.stringify(event));
  return log.summary("up", end);
}

describe("EventLog", () => {
  const one = "urn:pulumi:s::p::spacelift:index:Spacelift$random:index:Bytes::one";

  it("lists steps in the order they were finished, with what makes them replacements", () => {
    const { steps } = summaryOf([
      { resOutputsEvent: resource("replace", one, { keys: ["length"], diffs: ["length", "keepers"] }) },
      { resOutputsEvent: resource("same", STACK) },
    ]);
    assert.deepEqual(
      steps.map(({ op, type, name }) => `${op} ${type} ${name}`),
      ["replace random:index:Bytes one", "same pulumi:pulumi:Stack p-s"],
    );
    assert.deepEqual(steps[0]?.replaceKeys, ["length"]);
    assert.deepEqual(steps[0].diffs, ["length", "keepers"]);
    assert.ok(!("replaceKeys" in steps[1]!));
  });

  it("counts a component once though it reports twice, and default providers never", () => {
    const seen: string[] = [];
    const log = new EventLog(({ name }) => seen.push(name));
    const provider = "urn:pulumi:s::p::pulumi:providers:random::default_4_0";
    for (const urn of [one, provider, one])
      log.line(JSON.stringify({ resOutputsEvent: resource("create", urn) }));
    assert.deepEqual(seen, ["one"]);
    assert.equal(log.summary("up", exit).steps.length, 1);
  });

  it("gives the outputs of the stack with secrets masked", () => {
    const outputs = {
      url: "https://x",
      password: SECRET,
      nested: [{ key: SECRET }],
      later: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    };
    const summary = summaryOf([{ resOutputsEvent: resource("same", STACK, {}, outputs) }]);
    assert.deepEqual(summary.outputs, {
      url: "https://x",
      password: "[secret]",
      nested: [{ key: "[secret]" }],
      later: "[known after the update]",
    });
  });

  it("drops debug messages, which spell secrets out", () => {
    const summary = summaryOf([
      diagnostic("debug", "resp: planted"),
      diagnostic("warning", "careful\n", { urn: one }),
    ]);
    assert.ok(!JSON.stringify(summary).includes("planted"));
    assert.deepEqual(summary.diagnostics, ["warning: random:index:Bytes one: careful"]);
  });

  it("takes counts from the engine and the complaints of the command itself", () => {
    const summary = summaryOf([{ summaryEvent: { resourceChanges: { create: 2, same: 1 } } }], {
      code: 255,
      stderr: "error: no stack named 's' found\n",
      durationMs: 1,
    });
    assert.deepEqual(summary.changes, { create: 2, same: 1 });
    assert.equal(changeCount(summary), 2);
    assert.equal(summary.ok, false);
    assert.deepEqual(summary.diagnostics, ["error: no stack named 's' found"]);
  });

  it("marks a step that failed, and the error says why", () => {
    const summary = summaryOf(
      [
        { resOpFailedEvent: resource("create", one) },
        diagnostic("info", "hello"),
        diagnostic("error", "quota reached", { urn: one }),
      ],
      { ...exit, code: 255 },
    );
    assert.equal(summary.steps[0]?.failed, true);
    const { message } = new RehearsalError(summary);
    assert.equal(message, "up failed\nerror: random:index:Bytes one: quota reached");
  });

  it("keeps plain lines of the command as messages", () => {
    const log = new EventLog();
    log.line("There were no unprotected resources to destroy.");
    log.line("");
    assert.deepEqual(log.summary("destroy", exit).diagnostics, [
      "info: There were no unprotected resources to destroy.",
    ]);
  });
});

describe("keptBy", () => {
  it("tells what is protected from what was let go without being deleted", () => {
    const kept = { urn: "urn:pulumi:s::p::t:t:Kept::kept", type: "t:t:Kept", protect: true };
    const provider = {
      urn: "urn:pulumi:s::p::pulumi:providers:t::t",
      type: "pulumi:providers:t",
      protect: true,
    };
    const retained = {
      urn: "urn:pulumi:s::p::t:t:Retained::retained",
      type: "t:t:Retained",
      retainOnDelete: true,
    };
    const gone = { urn: "urn:pulumi:s::p::t:t:Gone::gone", type: "t:t:Gone" };
    const state = (...resources: object[]): StackState => ({
      version: 3,
      deployment: { resources: resources as [] },
    });
    const stack = {
      urn: STACK,
      type: "pulumi:pulumi:Stack",
      outputs: { keptOnDestroy: [{ what: "the key", remove: "forget it" }] },
    };
    assert.deepEqual(keptBy(state(stack, kept, provider, retained, gone), state(stack, kept, provider)), {
      protected: [{ type: "t:t:Kept", name: "kept" }],
      retained: [{ type: "t:t:Retained", name: "retained" }],
      advice: ["the key: forget it"],
    });
    assert.deepEqual(keptBy(state(), { version: 3, deployment: {} }), {
      protected: [],
      retained: [],
      advice: [],
    });
  });
});
