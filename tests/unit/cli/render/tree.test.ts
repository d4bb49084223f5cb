import assert from "node:assert/strict";
import type { ResourceEvent } from "../../../../automation";
import { treeLines, TreeState, type TreeStyle } from "../../../../cli/render/tree";

const style: TreeStyle = { now: 90_000, height: 20, width: 100, spinner: "*", paint: (_, text) => text };

/** A state in which things have happened, written as `<status> <operation> <urn> <parent> <elapsed>`. */
function after(...happened: readonly string[]): TreeState {
  const state = new TreeState();
  state.apply({ kind: "phase", phase: "update", elapsedMs: 0 });
  for (const line of happened) {
    const [status = "", operation = "", urn = "", parent = "", at = "0"] = line.split(" ");
    state.apply({
      kind: "resource",
      status: status as ResourceEvent["status"],
      operation,
      resource: {
        urn,
        name: urn,
        type: `package:module:${urn.toUpperCase()}`,
        parent: parent === "-" ? "" : parent,
      },
      elapsedMs: Number(at),
      done: 0,
      ...(status === "done" && { durationMs: 2_000 }),
    });
  }
  return state;
}

const planned = ["planned create net -", "planned create vnet net", "planned create subnet net"];

describe("the live tree", () => {
  it("shows a component that has not begun as one line", () => {
    assert.deepEqual(treeLines(after(...planned), style), ["· net  NET  2 to go"]);
  });

  it("opens a component under way on what is in flight, with the time it takes", () => {
    const state = after(
      ...planned,
      "started create net - 10000",
      "done create net - 10000",
      "started create vnet net 10000",
      "done create vnet net 12000",
      "started create subnet net 30000",
    );
    assert.deepEqual(treeLines(state, style), [
      "* net  NET  1 of 2  1:20",
      "  * subnet  SUBNET  creating  1:00",
    ]);
  });

  it("says how far a push is", () => {
    const state = after(...planned, "started create vnet net 30000");
    const resource = { urn: "vnet", name: "vnet", type: "a:b:VNET", parent: "net" };
    state.apply({
      kind: "push",
      elapsedMs: 60_000,
      image: "backend",
      sentBytes: 16_400_000,
      totalBytes: 164_200_000,
      resource,
    });
    assert.match(
      treeLines(state, style).join("\n"),
      /\* vnet {2}VNET {2}creating {2}1:00 {2}16\.4 of 164\.2 MB/,
    );
  });

  it("says why something takes its time, when that is known", () => {
    const state = after(...planned, "started create vnet net 30000");
    state.apply({
      kind: "waiting",
      elapsedMs: 60_000,
      done: 0,
      waitingFor: [
        {
          urn: "vnet",
          name: "vnet",
          type: "t",
          parent: "net",
          operation: "create",
          sinceMs: 30_000,
          why: "Azure is slow",
          usualMs: [60_000, 120_000],
        },
      ],
    });
    assert.equal(
      treeLines(state, style)[1],
      "  * vnet  VNET  creating  1:00  Azure is slow (usually 1 to 2 min)",
    );
  });

  it("closes a component that is done, with the time it took", () => {
    const state = after(
      ...planned,
      "started create net - 10000",
      "done create net - 10000",
      "started create vnet net 11000",
      "done create vnet net 13000",
      "started create subnet net 20000",
      "done create subnet net 22000",
      "done same net - 23000",
    );
    assert.deepEqual(treeLines(state, style), ["✓ net  NET  2 of 2  12 s"]);
  });

  it("a component with nothing in flight waits for others", () => {
    const state = after(...planned, "started create net - 30000", "done create vnet net 32000");
    assert.deepEqual(treeLines(state, style), ["· net  NET  1 of 2  1:00"]);
  });

  it("what was made stays made when its outputs come as unchanged", () => {
    const state = after("started create one - 1000", "done create one - 3000", "done same one - 4000");
    assert.deepEqual(treeLines(state, style), ["✓ one  ONE  created  2.0 s"]);
  });

  it("keeps a failure open", () => {
    const state = after(...planned, "started create vnet net 1000", "failed create vnet net 2000");
    assert.deepEqual(treeLines(state, style), ["✗ net  NET  0 of 2", "  ✗ vnet  VNET  creating failed"]);
  });

  it("leaves out what stays as it is, unless something below it changes", () => {
    const state = after("planned same net -", "planned update vnet net", "planned same other -");
    assert.deepEqual(treeLines(state, style), ["· net  NET  1 to go"]);
  });

  it("fits into the terminal", () => {
    const many = Array.from({ length: 10 }, (_, index) => `planned create r${index} -`);
    const lines = treeLines(after(...many), { ...style, height: 4, width: 12 });
    assert.deepEqual(lines, ["· r0  R0", "· r1  R1", "· r2  R2", "  … 7 more"]);
    assert.equal(treeLines(after(...planned), { ...style, width: 8 })[0], "· net  …");
  });
});
