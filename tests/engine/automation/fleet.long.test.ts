import assert from "node:assert/strict";
import { queryObjects } from "node:v8";
import { runtime } from "@pulumi/pulumi";
import { deployFleet, faults, membersOf } from "../../support/fleet";
import { collectGarbage, holdings, leftSince, withTemporaryFolder } from "../../support/holdings";
import { engineTimeout, operationTimeout, sharedEngine } from "../support";

const SIZE = 6;
/** Position of the one that fails, on Azure: its program has hooks, too. */
const FAILING = 2;

/** How many programs are in memory, by the stack that each has made of itself. */
function programs(): number {
  collectGarbage();
  return queryObjects(runtime.Stack, { format: "count" });
}

describe("a fleet from one process", function () {
  this.timeout(operationTimeout);
  before(async function () {
    this.timeout(engineTimeout);
    await sharedEngine();
  });

  it("deploys all but the one that fails, and leaves nothing behind", () =>
    withTemporaryFolder(async (folder) => {
      const engine = await sharedEngine();
      const [first, ...members] = await membersOf(0, SIZE + 1, folder);
      assert.ok(first);
      // What is loaded and listened to once for all is there from now on.
      await deployFleet([{ ...first, faults }], 1, engine);
      const before = holdings();
      const outcomes = await deployFleet(
        members.map((member, index) => (index === FAILING ? { ...member, faults } : member)),
        2,
        engine,
      );
      const failed = outcomes.filter(({ error }) => error);
      assert.deepEqual(
        failed.map(({ stack, error }) => [stack, error?.code]),
        [[members[FAILING]?.stack, "SPACELIFT_UPDATE_FAILED"]],
      );
      for (const { stack, created, error } of outcomes)
        assert.ok(error ?? created > 40, `${stack}: ${created}`);
      assert.deepEqual(await leftSince(before), []);
      // The SDK keeps the last one.
      assert.ok(programs() <= 1, `${programs()} programs are in memory`);
    }));
});
