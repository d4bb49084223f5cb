import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { SpaceliftError } from "../../../../automation";
import { namingFullDisk, temporaryFolder } from "../../../../automation/workspace/temporary-folder";
import { scratchFolder } from "../../../support/scratch";

describe("a folder for temporary files", () => {
  const folder = scratchFolder();

  it("is made, or it is said where it cannot be", async () => {
    assert.ok((await stat(await temporaryFolder("spacelift-", folder()))).isDirectory());
    const nowhere = join(folder(), "nowhere");
    await assert.rejects(temporaryFolder("spacelift-", nowhere), (error) => {
      assert.ok(error instanceof SpaceliftError);
      assert.ok(error.message.startsWith(`no folder can be made in ${nowhere}: ENOENT`), error.message);
      assert.match(error.fix, /TMPDIR/);
      return true;
    });
  });

  it("is named when its disk is full, which the system does not do", () => {
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    const told = namingFullDisk(full, "/tmp/spacelift-abc");
    assert.ok(told instanceof SpaceliftError);
    assert.match(told.message, /^no space left on the device of \/tmp\/spacelift-abc,/);
    const other = new Error("another");
    assert.equal(namingFullDisk(other, "/tmp"), other);
  });
});
