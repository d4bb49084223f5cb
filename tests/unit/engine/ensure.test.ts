import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Engine, EngineUnavailableError, ensureEngine, type EngineWays } from "../../../engine";

const refused = (why: string) => (): Promise<{ refused: string }> => Promise.resolve({ refused: why });

/** Ways of which none gives an engine, and none reaches out. */
const nothing: EngineWays = {
  onPath: refused("no `pulumi` on PATH"),
  inCache: refused("nothing there"),
  download: refused("no network"),
  build: refused("no `go` on PATH"),
};

/** Ways that look for the file a build leaves behind. */
function buildable(log: string[], takesMs = 0): EngineWays {
  return {
    ...nothing,
    inCache: async (root) => {
      const files = await readdir(root).catch((): string[] => []);
      return files.includes("built")
        ? { engine: { root, version: "1.0.0", source: "cache" } }
        : { refused: "nothing there" };
    },
    build: async (target) => {
      log.push("build");
      await sleep(takesMs);
      await writeFile(join(target, "built"), "");
      return { engine: { root: target, version: "1.0.0", source: "build" } };
    },
  };
}

describe("ensureEngine", () => {
  let cacheFolder: string;
  beforeEach(async () => {
    cacheFolder = await mkdtemp(join(tmpdir(), "engine-test-"));
  });
  afterEach(() => rm(cacheFolder, { recursive: true, force: true }));

  it("prefers the engine of the machine and asks nobody else", async () => {
    const engine: Engine = { root: "/opt/engine", version: "9.9.9", source: "path" };
    const never = (): never => assert.fail("another way was tried");
    const ways = { onPath: () => Promise.resolve({ engine }), inCache: never, download: never, build: never };
    assert.deepEqual(await ensureEngine({ cacheFolder, ways }), engine);
  });

  it("downloads before it builds", async () => {
    const ways: Partial<EngineWays> = {
      ...nothing,
      download: (target) =>
        Promise.resolve({ engine: { root: target, version: "1.0.0", source: "download" } }),
      build: () => assert.fail("built in spite of the download"),
    };
    assert.equal((await ensureEngine({ cacheFolder, ways })).source, "download");
  });

  it("moves a build into the cache as a whole and finds it there the next time", async () => {
    const log: string[] = [];
    const ways = buildable(log);
    const first = await ensureEngine({ cacheFolder, ways });
    const second = await ensureEngine({ cacheFolder, ways });
    assert.equal(first.source, "build");
    assert.deepEqual(second, { ...first, source: "cache" });
    assert.deepEqual(await readdir(first.root), ["built"]);
    assert.deepEqual(log, ["build"]);
    assert.equal((await readdir(cacheFolder)).filter((name) => name.includes(".new-")).length, 0);
  });

  it("lets a second run wait for the first and use its result", async () => {
    const log: string[] = [];
    const lines: string[] = [];
    const run = (): Promise<Engine> =>
      ensureEngine({ cacheFolder, ways: buildable(log, 400), onProgress: (line) => lines.push(line) });
    const engines = await Promise.all([run(), run()]);
    assert.deepEqual(log, ["build"]);
    assert.deepEqual(engines.map(({ source }) => source).sort(), ["build", "cache"]);
    assert.equal(lines.filter((line) => line.includes("waiting")).length, 1);
  });

  it("replaces a cached engine that does not answer", async () => {
    const log: string[] = [];
    const ways = buildable(log);
    const { root } = await ensureEngine({ cacheFolder, ways });
    await rm(join(root, "built"));
    await mkdir(join(root, "leftover"));
    await ensureEngine({ cacheFolder, ways });
    assert.deepEqual(await readdir(root), ["built"]);
    assert.equal(log.length, 2);
  });

  it("leaves no lock and no scratch folder behind a failed build", async () => {
    const ways = { ...nothing, build: (): Promise<never> => Promise.reject(new Error("disk full")) };
    await assert.rejects(ensureEngine({ cacheFolder, ways }), /disk full/);
    assert.deepEqual(await readdir(cacheFolder), []);
  });

  it("rejects with every way that was tried and what to install", async () => {
    await assert.rejects(ensureEngine({ cacheFolder, ways: nothing }), (error: unknown) => {
      assert.ok(error instanceof EngineUnavailableError);
      assert.equal(error.code, "SPACELIFT_ENGINE_UNAVAILABLE");
      const ways = error.tried.map(({ way }) => way);
      assert.deepEqual(ways, ["`pulumi` of this machine", "cache", "download", "build"]);
      for (const { refused: why } of error.tried) assert.ok(error.message.includes(why));
      assert.match(error.message, /install the Pulumi CLI >= \d+\.\d+\.\d+, or Go >= \d+\.\d+/);
      return true;
    });
  });
});
