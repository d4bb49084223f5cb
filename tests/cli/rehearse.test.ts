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
      // In CI, libraries take what is no terminal for one that has colours.
      env: { ...process.env, CI: "true", SPACELIFT_REHEARSAL_DIR: join(folder, "rehearsal") },
    });

  it("runs plain `pulumi`, on the example where the folder has no stack file", async () => {
    const up = await rehearse("pulumi", "up", "-s", "onprem", "--yes", "--skip-preview");
    assert.equal(up.code, 0, up.stdout + up.stderr);
    assert.match(up.stdout, /^Resources:\n +\+ \d\d created$/m);
    assert.match(up.stderr, /^placeholders for what the stack file lacks:\n {2}licenseToken: /m);
  });

  it("runs this command line on the same stack, and `npx` finds it", async () => {
    for (const spacelift of [["spacelift"], ["npx", "spacelift"]]) {
      const ended = await rehearse(...spacelift, "preview", "-s", "onprem", "--json");
      assert.equal(ended.code, 0, ended.stdout + ended.stderr);
      const result = objects(ended).at(-1);
      assert.deepEqual(
        [result?.["command"], Object.keys(result?.["changes"] as object)],
        ["preview", ["same"]],
      );
    }
  });

  it("keeps what `pulumi config set` changes, and makes placeholders anew for it", async () => {
    const set = await rehearse("pulumi", "config", "set", "spacelift:version", "v3.1.0", "-s", "onprem");
    assert.equal(set.code, 0, set.stderr);
    const preview = await rehearse("pulumi", "preview", "-s", "onprem");
    assert.equal(preview.code, 0, preview.stdout + preview.stderr);
    assert.match(preview.stdout, /version +: "v3\.0\.0" => "v3\.1\.0"/);
  });

  it("gives the exit code and the streams of the command, and a world to a command without a stack", async () => {
    const script = "console.log(process.env.PULUMI_DEBUG_PROVIDERS); process.exitCode = 7";
    const { code, stdout, stderr } = await rehearse("node", "-e", script);
    assert.equal(code, 7);
    assert.match(stdout, /^random:\d+,.*azure-native:\d+/);
    assert.equal(stderr, "");
  });

  it("explains itself, and what went wrong", async () => {
    assert.match((await rehearse("--help")).stdout, /spacelift rehearse pulumi up -s onprem/);
    const unknown = await rehearse("pulumi", "up", "-s", "absent");
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /there is no stack "absent"/);
    assert.match((await rehearse("no-such-command")).stderr, /there is no command "no-such-command"/);
    const nothing = await rehearse();
    assert.notEqual(nothing.code, 0);
    assert.match(nothing.stderr, /missing required argument 'command'/);
  });
});
