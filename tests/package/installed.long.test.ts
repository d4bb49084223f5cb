import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, readdir, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { engineTimeout, sharedEngine } from "../engine/support";
import { writeArchive } from "../support/archives";
import { buildImage } from "../support/images";
import { packedProject, packTimeout } from "../support/packed";

const exec = promisify(execFile);

/** What the wrong consumer does, and what the compiler says to it. */
const wrong = [
  ['deploySpacelift({ stack: "s", workspace, settings: { ...settings, domain: 5 } });', /'number' is not/],
  [
    'deploySpacelift({ stack: "s", workspace, settings: { ...settings, domian: "x" } });',
    /'domian' does not/,
  ],
  ['deploySpacelift({ stack: "s", settings });', /to parameter of type 'DeploymentOptions'/],
  ['deploySpacelift({ stack: "s", workspace, settings, secrets: { tlsKey: "k" } });', /'tlsKey' does not/],
] as const;

const wrongFile = [
  'import { deploySpacelift, type DeploymentOptions } from "spacelift-selfhosted-pulumi/automation";',
  "declare const settings: DeploymentOptions['settings'];",
  "declare const workspace: DeploymentOptions['workspace'];",
  ...wrong.map(([line]) => `void ${line}`),
].join("\n");

describe("the installed package", function () {
  this.timeout(packTimeout);
  let folder = "";

  /** Runs a program of the project to its end, and reads the line of JSON it prints last. */
  async function answer(...args: readonly string[]): Promise<Record<string, unknown>> {
    const { stdout } = await exec(process.execPath, args, { cwd: folder });
    return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Record<string, unknown>;
  }

  /** Compiles files of the project, and gives what the compiler says. */
  async function compile(args: readonly string[], ...files: readonly string[]): Promise<string[]> {
    const compiler = join(folder, "node_modules/typescript/bin/tsc");
    const all = [
      "--strict",
      "--exactOptionalPropertyTypes",
      "--target",
      "es2022",
      "--types",
      "node",
      ...args,
    ];
    const { stdout } = await exec(process.execPath, [compiler, ...all, ...files], { cwd: folder }).catch(
      // It exits with 2 when it has something to say.
      (error: unknown) => error as { readonly stdout: string },
    );
    return stdout.split("\n").filter((line) => line !== "" && !line.startsWith(" "));
  }

  before(async function () {
    this.timeout(engineTimeout);
    await sharedEngine();
    folder = await realpath((await packedProject()).folder);
    await cp(join(__dirname, "consumer"), folder, { recursive: true });
    await writeFile(join(folder, "wrong.mts"), wrongFile);
    const images = await Promise.all(
      ["spacelift-backend", "spacelift-launcher"].map(
        async (name) => [name, (await buildImage(`${name}:v3.0.0`, ["a layer"])).tar] as const,
      ),
    );
    await writeArchive(folder, "v3.0.0", Object.fromEntries(images));
  });

  it("comes with one SDK, that of the project", async () => {
    const entries = await readdir(join(folder, "node_modules"), { recursive: true });
    const copies = entries.filter((path) => /(^|\/)@pulumi\/pulumi\/package\.json$/.test(path));
    assert.deepEqual(copies, ["@pulumi/pulumi/package.json"]);
  });

  it("has types that check as a whole, and refuse what is wrong", async () => {
    const said = await compile(["--module", "nodenext"], "deploy.mts", "platform.cts", "wrong.mts");
    assert.equal(said.length, wrong.length, said.join("\n"));
    for (const [index, [, message]] of wrong.entries()) {
      assert.match(said[index] ?? "", new RegExp(`^wrong\\.mts\\(${index + 4},`));
      assert.match(said[index] ?? "", message);
    }
  });

  it("has types for the ways of older projects and of bundlers, too", async () => {
    const source = [
      'import { Spacelift } from "spacelift-selfhosted-pulumi";',
      'import { deploySpacelift } from "spacelift-selfhosted-pulumi/automation";',
      'import { startRehearsal } from "spacelift-selfhosted-pulumi/rehearsal";',
      "export const all: object[] = [Spacelift, deploySpacelift, startRehearsal];",
    ];
    await writeFile(join(folder, "ways.ts"), source.join("\n"));
    const ways = [
      ["--module", "commonjs", "--moduleResolution", "node10"],
      ["--module", "esnext", "--moduleResolution", "bundler"],
    ];
    const said = await Promise.all(
      ways.map((way) => compile([...way, "--noEmit", "--skipLibCheck"], "ways.ts")),
    );
    assert.deepEqual(said.flat(), []);
  });

  it("deploys from an ES module, in a rehearsal", async () => {
    const { created, url, refused, buckets, planned } = await answer("deploy.mjs");
    assert.ok(Number(created) > 40, String(created));
    assert.deepEqual([url, refused], ["https://spacelift.example.com", "SPACELIFT_STACK_NOT_FOUND"]);
    assert.deepEqual(buckets, planned);
  });

  it("gives its Azure platform to a CommonJS program of somebody else's", async () => {
    const { created, outputs } = await answer("platform.cjs");
    assert.ok(Number(created) > 40, String(created));
    const { isComponent, location, clusterName } = outputs as Record<string, unknown>;
    assert.deepEqual([isComponent, location], [true, "westeurope"]);
    assert.equal(typeof clusterName, "string");
  });

  it("rehearses its own program, and leaves its state in the current folder", async () => {
    const { created, ...rest } = await answer("rehearse.cjs");
    assert.ok(Number(created) > 40, String(created));
    const url = "https://spacelift.example.com";
    assert.deepEqual(rest, { others: {}, planned: ["same"], url, keepsState: true });
  });

  it("has the command line", async () => {
    const { stdout } = await exec("npx", ["--no-install", "spacelift", "--help"], { cwd: folder });
    assert.match(stdout, /^Usage: spacelift /m);
  });

  it("finds what obtains the engine", async () => {
    const child = "node_modules/spacelift-selfhosted-pulumi/dist/engine/install-child.js";
    await assert.rejects(answer(child), /usage: install-child <root> <version>/);
  });

  it("shows nothing else of what is inside", async () => {
    const inside = 'require("spacelift-selfhosted-pulumi/dist/config/load")';
    await assert.rejects(answer("-e", inside), /ERR_PACKAGE_PATH_NOT_EXPORTED/);
  });
});
