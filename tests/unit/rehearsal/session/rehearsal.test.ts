import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "../../../../engine";
import {
  openRehearsal,
  type Rehearsal,
  RehearsalError,
  type RehearsalOptions,
} from "../../../../rehearsal/session";

/** Stands in for the engine: writes down how it was called, gives a stack its salt, and fails when told to. */
const FAKE_ENGINE = `#!/usr/bin/env node
const fs = require("node:fs");
const args = process.argv.slice(2);
const record = { args, cwd: process.cwd(), env: process.env };
fs.appendFileSync(process.env.FAKE_LOG, JSON.stringify(record) + "\\n");
const stack = args[args.indexOf("--stack") + 1];
if (args[0] === "stack" && args[1] === "init") {
  fs.writeFileSync("Pulumi." + stack + ".yaml", "encryptionsalt: v1:AAECAwQFBgc=:v1:check:check\\n");
} else if (args[0] === "stack" && args[1] === "export") {
  console.log(JSON.stringify({ version: 3, deployment: {} }));
} else if (args[0] === "stack" && args[1] === "output") {
  console.log(JSON.stringify({ password: args.includes("--show-secrets") ? "clear" : "[secret]" }));
} else {
  console.log(JSON.stringify({ summaryEvent: { resourceChanges: { same: 1 } } }));
  if (process.env.FAKE_FAIL) { console.error("error: " + process.env.FAKE_FAIL); process.exitCode = 255; }
}
`;

interface Call {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

describe("Rehearsal", () => {
  let folder: string;
  let engine: Engine;
  let open: Rehearsal[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "rehearsal-test-"));
    engine = { root: join(folder, "engine"), version: "0.0.0", source: "path" };
    await mkdir(join(engine.root, "bin"), { recursive: true });
    await writeFile(join(engine.root, "bin", "pulumi"), FAKE_ENGINE);
    await chmod(join(engine.root, "bin", "pulumi"), 0o755);
    await mkdir(join(folder, "project"));
    await writeFile(
      join(folder, "project", "Pulumi.yaml"),
      "name: spacelift\nruntime: { name: nodejs, options: { typescript: false, nodeargs: --no-warnings } }\n",
    );
    await writeFile(join(folder, "project", "Pulumi.lab.yaml"), "config: { spacelift:target: onprem }\n");
  });
  afterEach(async () => {
    await Promise.all(open.map((rehearsal) => rehearsal.close()));
    open = [];
    await rm(folder, { recursive: true, force: true });
  });

  const rehearse = async (options: Partial<RehearsalOptions> = {}): Promise<Rehearsal> => {
    const rehearsal = await openRehearsal({
      stack: "lab",
      dir: join(folder, "work"),
      projectFolder: join(folder, "project"),
      engine,
      ...options,
      env: { FAKE_LOG: join(folder, "calls"), ...options.env },
    });
    open.push(rehearsal);
    return rehearsal;
  };
  const calls = async (): Promise<Call[]> =>
    (await readFile(join(folder, "calls"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Call);

  it("runs the project itself with a copy of its configuration", async () => {
    const rehearsal = await rehearse({ secrets: { adminPassword: "planted" } });
    await rehearsal.up();
    const [init, up] = await calls();
    assert.deepEqual(init?.args.slice(0, 2), ["stack", "init"]);
    assert.notEqual(init.cwd, join(folder, "project"));
    assert.equal(up?.args[0], "up");
    assert.equal(up.cwd, join(folder, "project"));
    assert.equal(up.args[up.args.indexOf("--config-file") + 1], rehearsal.folders.configFile);
    const copy = await readFile(rehearsal.folders.configFile, "utf8");
    assert.ok(copy.includes("spacelift:target: onprem"));
    assert.ok(!copy.includes("planted"));
    assert.ok(!JSON.stringify(await calls()).includes("planted"));
    const source = await readFile(join(folder, "project", "Pulumi.lab.yaml"), "utf8");
    assert.equal(source, "config: { spacelift:target: onprem }\n");
    assert.deepEqual((await readdir(join(folder, "project"))).sort(), ["Pulumi.lab.yaml", "Pulumi.yaml"]);
  });

  it("makes the stack once, also for a rehearsal opened later", async () => {
    await (await rehearse()).up();
    await (await rehearse()).preview();
    assert.deepEqual(
      (await calls()).map(({ args }) => args[0]),
      ["stack", "up", "preview"],
    );
  });

  it("gives the engine the simulated providers and nothing of the operator's", async () => {
    process.env["PULUMI_ACCESS_TOKEN"] = "operator";
    process.env["KUBECONFIG"] = "/operator";
    try {
      await (await rehearse()).up();
    } finally {
      delete process.env["PULUMI_ACCESS_TOKEN"];
      delete process.env["KUBECONFIG"];
    }
    const env = (await calls()).at(-1)?.env ?? {};
    assert.equal(env["PULUMI_ACCESS_TOKEN"], undefined);
    assert.equal(env["KUBECONFIG"], undefined);
    assert.match(env["PULUMI_DEBUG_PROVIDERS"] ?? "", /random:\d+/);
    assert.equal(env["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"], "true");
    assert.equal(env["SPACELIFT_RUNTIME_TYPESCRIPT"], "false");
    assert.equal(env["NODE_OPTIONS"], "--no-warnings");
    assert.equal(env["PULUMI_BACKEND_URL"], `file://${join(folder, "work", "lab", "state")}`);
    assert.ok(env["PATH"]?.startsWith(join(engine.root, "bin")));
  });

  it("leaves a real provider to its plugin and to the operator's environment", async () => {
    process.env["KUBECONFIG"] = "/operator";
    try {
      await (await rehearse({ real: ["kubernetes"] })).up();
    } finally {
      delete process.env["KUBECONFIG"];
    }
    const env = (await calls()).at(-1)?.env ?? {};
    assert.equal(env["KUBECONFIG"], "/operator");
    assert.doesNotMatch(env["PULUMI_DEBUG_PROVIDERS"] ?? "", /kubernetes:/);
    assert.equal(env["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"], undefined);
  });

  it("takes configuration set between operations", async () => {
    const rehearsal = await rehearse({ config: { domain: "one.example.com" } });
    await rehearsal.up();
    rehearsal.setConfig("domain", "two.example.com");
    rehearsal.setConfig("target", undefined);
    await rehearsal.up();
    const copy = await readFile(rehearsal.folders.configFile, "utf8");
    assert.ok(copy.includes("two.example.com"));
    assert.ok(!copy.includes("spacelift:target"));
  });

  it("masks secrets among the outputs unless asked", async () => {
    const rehearsal = await rehearse();
    await rehearsal.up();
    assert.deepEqual(await rehearsal.outputs(), { password: "[secret]" });
    assert.deepEqual(await rehearsal.outputs({ showSecrets: true }), { password: "clear" });
  });

  it("spares protected resources on destroy and forgets everything on reset", async () => {
    const rehearsal = await rehearse();
    const { kept } = await rehearsal.destroy();
    assert.deepEqual(kept, { protected: [], retained: [], advice: [] });
    assert.ok(
      (await calls()).some(({ args }) => args[0] === "destroy" && args.includes("--exclude-protected")),
    );
    await rehearsal.reset();
    assert.ok(!(await readdir(join(folder, "work"))).includes("lab"));
  });

  it("rejects a failed operation with its summary", async () => {
    const rehearsal = await rehearse({ env: { FAKE_FAIL: "no quota" } });
    await assert.rejects(rehearsal.up(), (error: unknown) => {
      assert.ok(error instanceof RehearsalError);
      assert.equal(error.message, "up failed\nerror: no quota");
      assert.deepEqual(error.summary.changes, { same: 1 });
      return true;
    });
  });

  it("rejects an unknown stack and names those there are", async () => {
    await assert.rejects(rehearse({ stack: "nope" }), /there is no stack "nope": the project has lab/);
  });

  it("rejects a folder that is no project", async () => {
    await assert.rejects(rehearse({ projectFolder: folder }), /Pulumi\.yaml" cannot be read/);
  });
});
