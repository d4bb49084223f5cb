import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineTimeout, sharedEngine } from "../engine/support";
import { type Ended, objects, run, spaceliftCommand } from "./support";

describe("spacelift rehearse", function () {
  this.timeout(engineTimeout);
  let folder = "";
  before(async () => {
    await sharedEngine();
    folder = await mkdtemp(join(tmpdir(), "spacelift-rehearse-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  const rehearse = (...args: readonly string[]): Promise<Ended> =>
    run(spaceliftCommand, ["rehearse", ...args], {
      cwd: folder,
      env: { ...process.env, SPACELIFT_REHEARSAL_DIR: join(folder, "rehearsal") },
    });

  it("rehearses `up` when no command is named, of the example where the folder has no stack file", async () => {
    const ended = await rehearse("-s", "onprem", "--json");
    assert.equal(ended.code, 0, ended.stdout + ended.stderr);
    const [result, ...others] = objects(ended);
    assert.deepEqual([result?.["kind"], result?.["command"], others], ["result", "up", []]);
    assert.ok(((result?.["changes"] as Record<string, number>)["create"] ?? 0) > 40);
  });

  it("says in words what it shows to people", async () => {
    const { code, stdout } = await rehearse("outputs", "-s", "onprem");
    assert.equal(code, 0);
    assert.match(stdout, /^ {2}url: https:\/\/spacelift\.example\.com$/m);
  });

  it("explains itself, and what went wrong", async () => {
    assert.match((await rehearse("--help")).stdout, /spacelift rehearse up -s onprem/);
    const unknown = await rehearse("up", "-s", "absent");
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /there is no stack "absent"/);
    assert.equal(
      objects(await rehearse("up", "-s", "absent", "--json"))[0]?.["code"],
      "SPACELIFT_REHEARSAL_SETUP",
    );
  });
});
