import assert from "node:assert/strict";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { devDependencies } from "../../../package.json";
import { MINIMUM_ENGINE_VERSION } from "../../../engine/engine";
import { engineCheck, type FoundEngine, plugins } from "../../../preflight/engine";
import { configuredAks } from "../../support/azure-configurations";
import { configured, configuredS3, type TestConfig } from "../../support/configurations";
import { assertBad, look, type Looked } from "../../support/peers/look";
import { scratchFolder } from "../../support/scratch";

const PATH = process.env["PATH"] ?? "";
const installed = (names: readonly string[]): unknown =>
  plugins()
    .filter(({ name }) => names.includes(name))
    .map(({ name, version }) => ({ name, version, kind: "resource", size: 1 }));

const onprem = ["kubernetes", "minio", "random", "tls"];

describe("engine check", () => {
  const folder = scratchFolder();

  /** An engine whose command lists plugins as told. */
  const engine = async (script: string, version = "3.274.1"): Promise<FoundEngine> => {
    const command = join(folder(), "pulumi");
    await writeFile(command, `#!/bin/sh\n${script}\n`);
    await chmod(command, 0o755);
    return { command, version };
  };

  const listing = (list: unknown): string =>
    `[ "$*" = "plugin ls --json" ] || exit 9\ncat <<'LIST'\n${JSON.stringify(list)}\nLIST`;

  const lookAt = async (
    script: string,
    { config = configured(), env = {} }: { config?: TestConfig; env?: Readonly<Record<string, string>> } = {},
  ): Promise<Looked> => look(engineCheck(await engine(script)), config, { env: { PATH, ...env } });

  it("is content with a sufficient version and every plugin installed", async () => {
    const looked = await lookAt(listing(installed(onprem)));
    assert.deepEqual(looked.summary, ["engine.version passed", "engine.plugins passed"]);
    assert.match(looked.finding("engine.plugins").reason, /^kubernetes [\d.]+, minio [\d.]+, random/);
  });

  it("fails on an older version, and on one that is none", async () => {
    for (const version of ["3.247.9", "unknown"]) {
      const looked = await look(engineCheck(await engine(listing([]), version)), configured(), {
        env: { PATH },
      });
      assertBad(
        looked.finding("engine.version"),
        "failed",
        new RegExp(`Pulumi ${version} is older than`),
        new RegExp(`install the Pulumi CLI ${MINIMUM_ENGINE_VERSION}`),
      );
    }
  });

  it("warns of plugins that are missing or of another version, with the commands", async () => {
    const list = [
      ...(installed(["kubernetes", "random", "tls"]) as readonly unknown[]),
      { name: "minio", kind: "resource", version: "0.1.0" },
    ];
    const looked = await lookAt(listing(list));
    assertBad(
      looked.finding("engine.plugins"),
      "warning",
      /^minio [\d.]+ not installed; `pulumi up` will download/,
      /`pulumi plugin install resource minio [\d.]+` where it cannot$/,
    );
  });

  it("fails on missing plugins that may not be downloaded", async () => {
    const env = { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" };
    const looked = await lookAt(listing([]), { env });
    assertBad(looked.finding("engine.plugins"), "failed", /keeps them from being downloaded/);
    const lenient = await lookAt(listing([]), {
      env: { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "false" },
    });
    assert.equal(lenient.finding("engine.plugins").status, "warning");
  });

  it("asks for the plugins that the configuration uses, and no others", async () => {
    const missing = async (config: TestConfig): Promise<readonly string[]> => {
      const { reason } = (await lookAt(listing([]), { config })).finding("engine.plugins");
      return [...reason.matchAll(/([a-z-]+) \d/g)].map(([, name = ""]) => name);
    };
    assert.deepEqual(await missing(configured()), onprem);
    const pushing = configured({ images: { push: true, archive: "./archive.tar.gz" } });
    assert.deepEqual(await missing(pushing), ["command", "docker", ...onprem]);
    const given = { createBuckets: false, createUser: false, adminUser: undefined, accessKeyId: "key" };
    const secrets = { minioAdminPassword: undefined, minioSecretKey: "planted-key" };
    const lean = configured({ onprem: { objectStorage: given } }, secrets);
    assert.deepEqual(await missing(lean), ["kubernetes", "random", "tls"]);
    assert.deepEqual(await missing(configuredS3()), onprem);
    const givenBuckets = configuredS3({ onprem: { objectStorage: { createBuckets: false } } });
    assert.deepEqual(await missing(givenBuckets), ["kubernetes", "random", "tls"]);
    assert.deepEqual(await missing(configuredAks()), [
      "azure-native",
      "command",
      "kubernetes",
      "random",
      "tls",
    ]);
  });

  it("leaves out providers that are attached", async () => {
    const some = await lookAt(listing(installed(["random", "tls"])), {
      env: { PULUMI_DEBUG_PROVIDERS: "kubernetes:4711,minio:4712" },
    });
    assert.equal(some.finding("engine.plugins").status, "passed");
    const all = await lookAt("exit 1", {
      env: { PULUMI_DEBUG_PROVIDERS: onprem.map((name) => `${name}:1`).join(",") },
    });
    assert.equal(all.finding("engine.plugins").status, "skipped");
  });

  // As the engine looks for a plugin: workspace/plugins.go of the SDK, getPluginInfoAndPath.
  it("counts providers on PATH as installed, unless the engine is told to ignore them", async () => {
    const place = join(folder(), "bin");
    const provider = join(place, "pulumi-resource-minio");
    await mkdir(place);
    await writeFile(provider, "#!/bin/sh\n", { mode: 0o755 });
    const list = listing(installed(["kubernetes", "random", "tls"]));
    const env = { PATH: [place, PATH].join(delimiter) };
    const { status, reason } = (await lookAt(list, { env })).finding("engine.plugins");
    assert.equal(status, "passed", reason);
    assert.ok(reason.includes(`, minio on PATH (${provider}), random`), reason);
    const ignoring = await lookAt(list, { env: { ...env, PULUMI_IGNORE_AMBIENT_PLUGINS: "true" } });
    assertBad(ignoring.finding("engine.plugins"), "warning", /^minio [\d.]+ not installed/);
  });

  it("warns when the engine gives no list", async () => {
    for (const script of ["exit 1", "echo no JSON", "echo '{}'"]) {
      assertBad(
        (await lookAt(script)).finding("engine.plugins"),
        "warning",
        /plugin ls --json` gives no list/,
      );
    }
  });

  it("knows the versions of the plugins that are installed for these tests", () => {
    const pinned = Object.entries(devDependencies)
      .filter(([name]) => name.startsWith("@pulumi/"))
      .map(([name, version]) => `${name} ${version}`);
    for (const { name, version } of plugins()) {
      assert.ok(pinned.includes(`@pulumi/${name} ${version}`), `${name} ${version}`);
    }
    assert.equal(plugins().length, 7);
  });
});
