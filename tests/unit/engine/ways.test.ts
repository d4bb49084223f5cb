import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { buildEngine } from "../../../engine/build";
import { engineCacheFolder, engineInCache, engineOnPath } from "../../../engine/installed";
import { downloadEngine } from "../../../engine/download";
import { ENGINE_COMMANDS, ENGINE_VERSION, MINIMUM_GO_VERSION } from "../../../engine/engine";

async function script(file: string, body: string): Promise<void> {
  await writeFile(file, `#!/bin/sh\n${body}\n`);
  await chmod(file, 0o755);
}

describe("engine ways", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "engine-ways-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const install = async (name: string, version: string, withHost = true): Promise<string> => {
    const bin = join(folder, name);
    await mkdir(bin, { recursive: true });
    await script(join(bin, "pulumi"), `echo v${version}`);
    if (withHost) await script(join(bin, "pulumi-language-nodejs"), "exit 0");
    return bin;
  };
  const look = (...searchPath: string[]): ReturnType<typeof engineOnPath> =>
    engineOnPath({ searchPath: searchPath.join(delimiter), linkRoot: join(folder, "links") });

  it("uses the installation itself when its commands are together in a `bin`", async () => {
    const bin = await install("release/bin", "99.0.0");
    const engine = { root: join(folder, "release"), version: "99.0.0", source: "path" };
    assert.deepEqual(await look(join(folder, "missing"), bin), { engine });
  });

  it("brings commands from different folders together", async () => {
    const cli = await install("cli", "99.0.0", false);
    const host = await install("host", "1.0.0");
    const attempt = await look(cli, host);
    assert.ok("engine" in attempt);
    assert.equal(await readlink(join(attempt.engine.root, "bin", "pulumi")), join(cli, "pulumi"));
    assert.equal(
      await readlink(join(attempt.engine.root, "bin", "pulumi-language-nodejs")),
      join(host, "pulumi-language-nodejs"),
    );
  });

  it("rejects a `pulumi` that is too old, lacks its language host, is mute or is not there", async () => {
    const why = async (...path: string[]): Promise<string> => {
      const attempt = await look(...path);
      return "refused" in attempt ? attempt.refused : assert.fail("found an engine");
    };
    assert.match(await why(await install("old", "3.1.0")), /is 3\.1\.0, older than/);
    assert.match(await why(await install("bare", "99.0.0", false)), /no `pulumi-language-nodejs`/);
    const mute = await install("mute", "x");
    assert.match(await why(mute), /does not tell its version/);
    assert.match(await why(join(folder, "empty")), /no `pulumi` on PATH/);
  });

  it("rejects a cached engine of another version", async () => {
    const bin = await install("cached/bin", "3.1.0");
    const attempt = await engineInCache(join(bin, ".."));
    assert.ok("refused" in attempt && attempt.refused.includes("3.1.0"));
  });

  it("finds a cached engine of the pinned version", async () => {
    const bin = await install("cached/bin", ENGINE_VERSION);
    const root = join(bin, "..");
    assert.deepEqual(await engineInCache(root), {
      engine: { root, version: ENGINE_VERSION, source: "cache" },
    });
  });

  it("gives up within the limit on a host that takes connections and never answers", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const address = silent.address();
    assert.ok(typeof address === "object" && address !== null);
    const probeUrl = `http://127.0.0.1:${address.port}/`;
    const attempt = await downloadEngine(join(folder, "download"), () => undefined, {
      probeUrl,
      probeMs: 200,
    });
    silent.close();
    assert.ok("refused" in attempt && attempt.refused.includes("cannot be reached"));
  });

  it("rejects a missing Go and one that is too old", async () => {
    const bin = join(folder, "go");
    await mkdir(bin);
    const build = (path: string): ReturnType<typeof buildEngine> =>
      buildEngine(join(folder, "target"), () => undefined, path);
    assert.deepEqual(await build(join(folder, "empty")), { refused: "no `go` on PATH" });
    await script(join(bin, "go"), "echo go1.20.3");
    const attempt = await build(bin);
    assert.ok("refused" in attempt && attempt.refused.includes("is 1.20.3, older than"));
  });

  it("names the last words of a build that fails", async () => {
    const bin = join(folder, "go");
    await mkdir(bin);
    await script(
      join(bin, "go"),
      `[ "$1" = env ] && echo go99.0.0 && exit 0; echo "proxy says no" >&2; exit 1`,
    );
    const attempt = await buildEngine(join(folder, "target"), () => undefined, bin);
    assert.ok("refused" in attempt && attempt.refused.includes("proxy says no"));
  });

  it("keeps the cache where it is told, else below the user's cache folder", () => {
    assert.equal(engineCacheFolder({ SPACELIFT_ENGINE_CACHE: "/a" }), "/a");
    const below = join("spacelift-selfhosted-pulumi", "engine");
    assert.equal(engineCacheFolder({ XDG_CACHE_HOME: "/x" }), join("/x", below));
    assert.ok(engineCacheFolder({}).endsWith(join(".cache", below)));
  });

  it("pins the modules it builds and the Go they need", async () => {
    for (const { moduleFolder, importPath } of ENGINE_COMMANDS) {
      const base = join(__dirname, "../../../engine/build", moduleFolder);
      const mod = await readFile(join(base, "go.mod"), "utf8");
      assert.ok(mod.includes(`tool ${importPath}`));
      assert.ok((await readFile(join(base, "go.sum"), "utf8")).length > 0);
      if (moduleFolder === "cli") {
        assert.ok(mod.includes(`\ngo ${MINIMUM_GO_VERSION}\n`));
        assert.ok(mod.includes(`github.com/pulumi/pulumi/pkg/v3 v${ENGINE_VERSION} `));
      }
    }
  });
});
