import { strict as assert } from "node:assert";
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import { commandTwin } from "../../rehearsal/twins/command";
import { dockerTwin } from "../../rehearsal/twins/docker";
import { type DockerDaemon, startDockerDaemon } from "../../rehearsal/twins/docker/daemon";
import { localImages, parseReference, pushedImages } from "../../rehearsal/twins/docker/tables";
import { Clock, type Properties, stringAt, type Twin, UNKNOWN } from "../../rehearsal/twins/framework";
import { until } from "../support/until";
import { connected } from "./support/connected";
import { EngineClient } from "./support/engine-client";

const IMAGE = "docker:index/registryImage:RegistryImage";
const REMOTE = "docker:index/remoteImage:RemoteImage";
const TAG = "docker:index/tag:Tag";
const COMMAND = "command:local:Command";
const ID = `sha256:${"a".repeat(64)}`;
const NAME = "registry.example.com/app:v1";
const LOGIN = { address: "https://registry.example.com", username: "u", password: "hidden-password" };

describe("The docker twin", () => {
  const engine = connected(dockerTwin, { registryAuth: [LOGIN] });
  const load = (name: string): void => {
    engine().world.change((world) => {
      localImages.of(world).set(name, { id: ID });
    });
  };

  it("pushes an image of the daemon and reads its digest back", async () => {
    load(NAME);
    const state = await engine().create(IMAGE, "app", { name: NAME });
    assert.match(stringAt(state.outputs, "sha256Digest") ?? "", /^sha256:[0-9a-f]{64}$/);
    assert.equal(state.id, state.outputs["sha256Digest"]);
    assert.ok(await engine().read(state));
    assert.equal((await engine().diff(state, { name: NAME })).hasChanges, false);
    assert.deepEqual((await engine().diff(state, { name: NAME, triggers: { x: "1" } })).replaces, [
      "triggers",
    ]);
  });

  it("leaves the digest unknown in a preview, which needs no image", async () => {
    const { outputs } = await engine().create(IMAGE, "app", { name: NAME }, { preview: true });
    assert.equal(outputs["sha256Digest"], UNKNOWN);
  });

  it("deletes a pushed image unless told to keep it", async () => {
    load(NAME);
    const isPushed = (): boolean => engine().world.read((world) => pushedImages.of(world).has(NAME));
    await engine().delete(await engine().create(IMAGE, "app", { name: NAME, keepRemotely: true }));
    assert.equal(isPushed(), true);
    await engine().delete(await engine().create(IMAGE, "app", { name: NAME }));
    assert.equal(isPushed(), false);
  });

  it("finds out that an image has gone from the registry", async () => {
    load(NAME);
    const state = await engine().create(IMAGE, "app", { name: NAME });
    engine().world.change((world) => pushedImages.of(world).delete(NAME));
    assert.equal(await engine().read(state), undefined);
  });

  it("gives images other names and pulls images from registries it does not know", async () => {
    load("app:v1");
    await engine().create(TAG, "t", { sourceImage: "app:v1", targetImage: NAME });
    await engine().create(IMAGE, "app", { name: NAME });
    const { outputs } = await engine().create(REMOTE, "r", { name: "other.example.com/tool:1" });
    assert.match(stringAt(outputs, "repoDigest") ?? "", /^other\.example\.com\/tool@sha256:/);
  });

  it("rejects an image that the daemon does not have", async () => {
    await assert.rejects(
      engine().create(IMAGE, "app", { name: NAME }),
      /Error pushing image\. \. Full error: An image does not exist locally with the tag: registry\.example\.com\/app$/,
    );
    await assert.rejects(
      engine().create(TAG, "t", { sourceImage: "none:1", targetImage: NAME }),
      /No such image: none:1/,
    );
  });

  it("rejects pulling from a known registry what was never pushed", async () => {
    load(NAME);
    await engine().create(IMAGE, "app", { name: NAME });
    await assert.rejects(
      engine().create(REMOTE, "r", { name: "registry.example.com/app:v2" }),
      /manifest unknown/,
    );
  });

  it("rejects a registry without credentials, and names no password in saying so", async () => {
    load("open.example.com/app:v1");
    const push = (): Promise<unknown> => engine().create(IMAGE, "app", { name: "open.example.com/app:v1" });
    await assert.rejects(push(), (error: Error) => {
      assert.match(error.message, /no auth config found for registry https:\/\/open\.example\.com/);
      assert.ok(!error.message.includes(LOGIN.password));
      return true;
    });
    await engine().configure({ registryAuth: JSON.stringify([{ address: "open.example.com" }]) });
    await assert.rejects(push(), /no auth config found/);
    await engine().configure({
      registryAuth: JSON.stringify([{ address: "open.example.com", authDisabled: true }]),
    });
    await push();
  });

  it("rejects names that are no references", async () => {
    const { failures } = await engine().check(IMAGE, "app", { name: "registry.example.com/App:v1" });
    assert.deepEqual(failures, ['name: "registry.example.com/App:v1" is an invalid reference format']);
    assert.equal(parseReference("localhost:5000/a/b")?.full, "localhost:5000/a/b:latest");
  });
});

describe("The command twin with the stand-in docker client", () => {
  let daemon: DockerDaemon;
  let engine: EngineClient;
  beforeEach(async () => {
    let env: Record<string, string> = {};
    const surroundings = {
      path: [resolve(__dirname, "../../rehearsal/twins/docker/bin")],
      env: () => env,
    };
    const twin: Twin = commandTwin(surroundings);
    engine = await EngineClient.connect(twin);
    daemon = await startDockerDaemon(engine.world, new Clock());
    env = { REHEARSAL_DOCKER_DAEMON: daemon.socket };
  });
  afterEach(async () => {
    await daemon.close();
    await engine.close();
  });
  const archive = async (gzipped: boolean): Promise<string> => {
    const tar = pack();
    tar.entry({ name: "layer.bin" }, Buffer.alloc(300_000, 7));
    tar.entry(
      { name: "manifest.json" },
      JSON.stringify([
        { Config: `blobs/sha256/${"a".repeat(64)}`, RepoTags: ["spacelift:v1", "launcher:v1"] },
      ]),
    );
    tar.finalize();
    const bytes = await buffer(tar);
    const path = join(engine.world.folder, "image.tar");
    writeFileSync(path, gzipped ? gzipSync(bytes) : bytes);
    return path;
  };
  const run = (create: string, more: Properties = {}): ReturnType<EngineClient["create"]> =>
    engine.create(COMMAND, "c", { create, ...more });

  for (const gzipped of [false, true]) {
    it(`loads the images of ${gzipped ? "a gzipped" : "a plain"} archive from a file and from standard input`, async () => {
      const environment = { ARCHIVE: await archive(gzipped) };
      const expected = "Loaded image: spacelift:v1\nLoaded image: launcher:v1";
      assert.equal(
        (await run('docker image load --input "$ARCHIVE"', { environment })).outputs["stdout"],
        expected,
      );
      assert.equal((await run('docker load < "$ARCHIVE"', { environment })).outputs["stdout"], expected);
      assert.deepEqual(
        engine.world.read((world) => localImages.of(world).get("launcher:v1")),
        { id: ID },
      );
    });
  }

  it("tags and inspects what was loaded", async () => {
    await run('docker image load -i "$ARCHIVE"', { environment: { ARCHIVE: await archive(false) } });
    await run(`docker image tag spacelift:v1 ${NAME}`);
    assert.equal((await run(`docker image inspect --format '{{.Id}}' ${NAME}`)).outputs["stdout"], ID);
    assert.deepEqual(
      JSON.parse(stringAt((await run(`docker image inspect ${NAME}`)).outputs, "stdout") ?? ""),
      [{ Id: ID, RepoTags: ["spacelift:v1", "launcher:v1", NAME] }],
    );
  });

  it("rejects files that are missing or no archives, unknown images and unknown commands", async () => {
    await assert.rejects(
      run("docker image load --input none.tar"),
      /exit status 1: .*\nopen .*none\.tar: no such file or directory/,
    );
    await assert.rejects(
      run("echo nonsense | docker load"),
      /Unexpected end of data|Invalid tar header|invalid archive/i,
    );
    await assert.rejects(
      run(`docker image tag none:v1 ${NAME}`),
      /Error response from daemon: No such image: none:v1/,
    );
    await assert.rejects(run("docker run --rm alpine"), /docker: 'run alpine' is not simulated/);
  });

  it("runs commands with their environment, input and interpreter", async () => {
    const { outputs } = await run("echo $GREETING; cat; echo oops >&2", {
      environment: { GREETING: "hello" },
      stdin: "given",
    });
    assert.deepEqual([outputs["stdout"], outputs["stderr"]], ["hello\ngiven", "oops"]);
    assert.equal(
      (await run("process.stdout.write(String(6 * 7))", { interpreter: ["node", "-e"] })).outputs["stdout"],
      "42",
    );
  });

  it("gives a later command what the one before printed", async () => {
    const state = await run("echo first", {
      update: "echo after $PULUMI_COMMAND_STDOUT",
      delete: 'test "$PULUMI_COMMAND_STDOUT" = first',
    });
    const given = { ...state.inputs, update: "echo again $PULUMI_COMMAND_STDOUT" };
    assert.equal((await engine.update(state, given)).outputs["stdout"], "again first");
    await engine.delete(state);
  });

  // What the provider (pulumi-command v1.2.1, on pulumi-go-provider v1.3.0) does: its differences are compared by the
  // whole path (infer/resource.go, Diff), so that `triggers` is to be replaced and `triggers[0]` is not.
  it("leaves it to the SDK to replace on a changed trigger", async () => {
    const state = await engine.create(COMMAND, "c", { create: "echo", triggers: [1] });
    const changed = await engine.diff(state, { ...state.inputs, triggers: [2] });
    assert.deepEqual([changed.hasChanges, changed.replaces], [true, []]);
    const { triggers: _gone, ...without } = state.inputs;
    assert.deepEqual((await engine.diff(state, without)).replaces, ["triggers"]);
  });

  it("keeps the output secret when an input is", async () => {
    const state = await engine.create(
      COMMAND,
      "c",
      { create: "echo $T", environment: { T: "x" } },
      { secrets: ["/environment/T"] },
    );
    assert.ok(state.secrets.has("/stdout"));
  });

  // The following as in v1.2.1's local/commandOutputs.go and local/commandController.go.
  it("rejects a command that fails with its text and what it printed, in order", async () => {
    await assert.rejects(run('echo out; sleep 0.2; echo "why" >&2; exit 3'), {
      message: 'exit status 3: running "echo out; sleep 0.2; echo \\"why\\" >&2; exit 3":\nout\nwhy\n',
    });
  });

  it("keeps what was printed when there is no command, and sets no variable to it when it is empty", async () => {
    const state = await run("echo out", { triggers: [1] });
    const { create: _gone, ...without } = state.inputs;
    assert.equal((await engine.update(state, without)).outputs["stdout"], "out");
    const later = await engine.update(state, {
      ...state.inputs,
      create: 'echo "$PULUMI_COMMAND_STDOUT ${PULUMI_COMMAND_STDERR-unset}"',
      environment: { PULUMI_COMMAND_STDOUT: "mine", PULUMI_COMMAND_STDERR: "kept" },
    });
    assert.equal(later.outputs["stdout"], "out kept");
  });

  it("ends a command that is cancelled", async () => {
    const started = Date.now();
    const mark = join(engine.world.folder, "runs");
    const running = run(`touch '${mark}'; exec sleep 300`);
    void until(() => existsSync(mark)).then(() => engine.cancel());
    await assert.rejects(running, /aborted/i);
    assert.ok(Date.now() - started < 90_000);
  });
});
