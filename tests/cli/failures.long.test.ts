import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { delimiter, join } from "node:path";
import { operationTimeout } from "../engine/support";
import { configured } from "../support/configurations";
import { answersOf, cliWorld, type Ended, objects } from "./support";

/** Asserts how a call ended, and that it said what to do. */
function refused({ code, stderr }: Ended, expected: number, pattern: RegExp): void {
  assert.equal(code, expected, stderr);
  assert.match(stderr, pattern);
  assert.match(stderr, /^fix: \S/m);
  assert.doesNotMatch(stderr, /^\s+at /m);
}

describe("spacelift: what goes wrong", function () {
  this.timeout(operationTimeout);
  // Slow enough to be interrupted.
  const cli = cliWorld({ clock: 20 });
  const stackFile = (): string => join(cli().folder, "Pulumi.onprem.yaml");
  const up = ["up", "-s", "onprem", "--yes", "--skip-preflight"];

  before(async function () {
    this.timeout(operationTimeout);
    const { spacelift, world } = cli();
    const input = answersOf(configured({}, { kubeconfig: world.kubeconfig }));
    const { code, stderr } = await spacelift(["init", "-s", "onprem", "--answers", "-"], { input });
    assert.equal(code, 0, stderr);
  });

  it("wrong usage ends with 2, in words and in JSON", async () => {
    const { spacelift } = cli();
    const [words, json] = await Promise.all([
      spacelift(["up", "--no-such-option"]),
      spacelift(["up", "--no-such-option", "--json"]),
    ]);
    assert.equal(words.code, 2);
    assert.match(words.stderr, /unknown option '--no-such-option'/);
    assert.equal(json.code, 2);
    assert.deepEqual(
      objects(json).map(({ kind, code }) => [kind, code]),
      [["error", "SPACELIFT_OPTIONS_INVALID"]],
    );
  });

  it("a wrong configuration is listed with a command for each problem", async () => {
    const { spacelift } = cli();
    const text = await readFile(stackFile(), "utf8");
    try {
      await writeFile(
        stackFile(),
        text.replace("domain: spacelift.example.com", "domain: 5").replace("version: v3.0.0", "version: 3"),
      );
      const [words, json] = await Promise.all([
        spacelift(["preview", "-s", "onprem"]),
        spacelift(["preview", "--json"]),
      ]);
      refused(
        words,
        2,
        /2 problems in the configuration; nothing was changed:\n {2}`spacelift:domain`: .*run `pulumi/,
      );
      const { problems, exitCode } = objects(json).at(-1) ?? {};
      assert.deepEqual((problems as readonly { key: string }[]).map(({ key }) => key).sort(), [
        "domain",
        "version",
      ]);
      assert.equal(exitCode, 2);
    } finally {
      await writeFile(stackFile(), text);
    }
  });

  it("a wrong passphrase, and none", async () => {
    const { spacelift } = cli();
    const wrong = await spacelift(up, { env: { PULUMI_CONFIG_PASSPHRASE: "planted-wrong" } });
    refused(wrong, 2, /does not open the secrets of the stack "onprem"/);
    assert.ok(!(wrong.stdout + wrong.stderr).includes("planted-wrong"));
    const none = await spacelift(up, { env: { PULUMI_CONFIG_PASSPHRASE: undefined } });
    refused(none, 2, /none was given\nfix: set PULUMI_CONFIG_PASSPHRASE/);
  });

  it("no backend, on a machine that is logged into none", async () => {
    const { spacelift, folder } = cli();
    const env = { PULUMI_BACKEND_URL: undefined, PULUMI_HOME: join(folder, "home") };
    refused(await spacelift(["outputs"], { env }), 2, /none is ever guessed\nfix: give `--backend/);
  });

  it("a backend this machine is logged into is found", async () => {
    const { spacelift, folder, world } = cli();
    const home = join(folder, "logged-in");
    await mkdir(home);
    await writeFile(join(home, "credentials.json"), JSON.stringify({ current: world.workspace.backend }));
    const env = { PULUMI_BACKEND_URL: undefined, PULUMI_HOME: home };
    refused(await spacelift(["outputs", "-s", "absent"], { env }), 5, /has no stack "absent"/);
  });

  it("without `pulumi` on PATH, an engine that was obtained before is used", async () => {
    const { spacelift, world } = cli();
    const PATH = (world.workspace.env?.["PATH"] ?? "")
      .split(delimiter)
      .filter((folder) => !existsSync(join(folder, "pulumi")))
      .join(delimiter);
    refused(await spacelift(["outputs", "-s", "absent"], { env: { PATH } }), 5, /has no stack "absent"/);
  });

  it("a stack file that is not there", async () => {
    refused(
      await cli().spacelift(["up", "-s", "aks", "--yes"]),
      2,
      /no stack file .*; the folder has onprem/,
    );
  });

  it("a secret as an argument of init", async () => {
    const args = ["init", "-s", "other", "--set", "licenseToken=planted"];
    refused(await cli().spacelift(args), 2, /cannot take the secret `licenseToken`/);
  });

  it("Ctrl-C shuts an update down gracefully, and the next one goes on from there", async () => {
    const { spacelift } = cli();
    let interrupted = false;
    const cancelled = await spacelift([...up, "--json"], {
      onOutput: (chunk, interrupt) => {
        if (interrupted || !/"status":"done".*"done":3\d/.test(chunk)) return;
        interrupted = true;
        interrupt("SIGINT");
        // As npm does, which hands on what the terminal has sent already.
        interrupt("SIGINT");
      },
    });
    assert.equal(cancelled.code, 130, cancelled.stdout.slice(-2000) + cancelled.stderr);
    assert.match(cancelled.stderr, /shutting down gracefully/);
    assert.doesNotMatch(cancelled.stderr, /at once: the engine/);
    assert.equal(objects(cancelled).at(-1)?.["code"], "SPACELIFT_CANCELLED");
    const resumed = await spacelift([...up, "--json"]);
    assert.equal(resumed.code, 0, resumed.stdout.slice(-2000));
    const changes = objects(resumed).at(-1)?.["changes"] as Record<string, number>;
    assert.ok((changes["same"] ?? 0) >= 20 && (changes["create"] ?? 0) > 0, JSON.stringify(changes));
  });

  const withLock = async (hostname: string, work: (file: string) => Promise<void>): Promise<void> => {
    const state = cli().world.workspace.backend.slice("file://".length);
    const folder = join(state, ".pulumi/locks/organization/spacelift/onprem");
    const file = join(folder, "11111111-2222-3333-4444-555555555555.json");
    await mkdir(folder, { recursive: true });
    const content = { pid: 99_999_999, username: "ops", hostname, timestamp: new Date() };
    await writeFile(file, JSON.stringify(content));
    try {
      await work(file);
    } finally {
      await rm(file, { force: true });
    }
  };

  it("a stack that a run on another machine has locked", () =>
    withLock("other", async (file) => {
      const args = [...up, "--release-lock"];
      refused(await cli().spacelift(args), 4, /locked by ops@other since .*\nfix: .*pulumi cancel/);
      assert.ok(existsSync(file));
    }));

  it("a lock that a killed run left is released when that is agreed to, and --yes is not enough", () =>
    withLock(hostname(), async (file) => {
      const { spacelift } = cli();
      refused(await spacelift(up), 4, /which is gone\)\nfix: give `--release-lock`/);
      assert.ok(existsSync(file));
      const released = await spacelift([...up, "--release-lock", "--json"]);
      assert.equal(released.code, 0, released.stdout.slice(-2000));
      assert.ok(!existsSync(file));
    }));

  it("an installation that cannot be reached is not healthy", async () => {
    const ended = await cli().spacelift(["status", "--no-drift", "--json"], {
      // Without the proxy of the rehearsal, its cluster is nowhere.
      env: { HTTPS_PROXY: undefined },
    });
    assert.equal(ended.code, 6, ended.stdout + ended.stderr);
    const { kind, verdict, cluster } = objects(ended).at(-1) ?? {};
    assert.equal(kind, "result");
    assert.notEqual(verdict, "healthy");
    assert.equal((cluster as { readable: boolean }).readable, false);
  });

  it("doctor ends with 3 exactly when a check failed", async () => {
    const ended = await cli().spacelift(["doctor", "--json"]);
    const { results, ok } = objects(ended).at(-1) as { results: { status: string }[]; ok: boolean };
    const failed = results.some(({ status }) => status === "failed");
    assert.equal(ok, !failed);
    assert.equal(ended.code, failed ? 3 : 0, ended.stderr);
  });
});
