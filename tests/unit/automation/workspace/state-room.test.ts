import assert from "node:assert/strict";
import { homedir } from "node:os";
import { SpaceliftError } from "../../../../automation";
import { assertRoomForState } from "../../../../automation/workspace/state-room";

describe("room for the state", () => {
  const asked: string[] = [];
  const having =
    (bytes: number | undefined) =>
    (folder: string): Promise<number | undefined> => {
      asked.push(folder);
      return Promise.resolve(bytes);
    };

  it("is asked for where the state is kept as files, before anything is changed", async () => {
    await assert.rejects(assertRoomForState("file:///var/state?metadata=skip", having(70_000)), (error) => {
      assert.ok(error instanceof SpaceliftError);
      assert.match(error.message, /"file:\/\/\/var\/state\?metadata=skip" has hardly any space left .*68 kB/);
      assert.match(error.fix, /make room for at least 16 MB in \/var\/state/);
      return true;
    });
    await assert.rejects(assertRoomForState("file://~/state", having(0)), SpaceliftError);
    assert.deepEqual(asked, ["/var/state", `${homedir()}/state`]);
  });

  it("is there otherwise, or nobody can know", async () => {
    await assertRoomForState("file:///var/state", having(16 << 20));
    await assertRoomForState("file:///var/state", having(undefined));
    await assertRoomForState("s3://bucket", having(0));
    await assertRoomForState(`file://${homedir()}/there/is/no/such/folder/yet`);
  });
});
