import assert from "node:assert/strict";
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { foldersOf } from "../../../../rehearsal/session/folders";
import { scratchFolder } from "../../../support/scratch";

describe("foldersOf", () => {
  const folder = scratchFolder();
  const before = process.cwd();
  beforeEach(() => {
    process.chdir(folder());
  });
  afterEach(() => {
    process.chdir(before);
  });

  it("keeps a rehearsal in the current folder, unless told otherwise", () => {
    const current = realpathSync(folder());
    assert.equal(foldersOf("aks", undefined, {}).stack, join(current, ".rehearsal/aks"));
    assert.equal(
      foldersOf("aks", undefined, { SPACELIFT_REHEARSAL_DIR: "" }).home,
      join(current, ".rehearsal/.home"),
    );
    const env = { SPACELIFT_REHEARSAL_DIR: "/variable" };
    assert.equal(foldersOf("aks", undefined, env).stack, "/variable/aks");
    assert.equal(foldersOf("aks", "/given", env).stack, "/given/aks");
  });
});
