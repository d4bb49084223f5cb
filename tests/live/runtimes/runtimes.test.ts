import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { devDependencies, engines } from "../../../package.json";
import { engineTimeout, sharedEngine } from "../../engine/support";
import { packTimeout, projectWith } from "../../support/packed";

const exec = promisify(execFile);

/** The ends of the range that is supported: releases of Node.js with those of Pulumi's SDK. */
const ends = [
  { node: "20.20", sdk: devDependencies["@pulumi/pulumi"] },
  { node: "24", sdk: "latest" },
] as const;

/** npm has the programs of Node.js by platform. */
const nodePackage = `node-${process.platform}-${process.arch}`;

for (const { node, sdk } of ends) {
  describe(`the installed package on Node.js ${node} with SDK ${sdk}`, function () {
    this.timeout(packTimeout);
    let folder = "";
    let env: NodeJS.ProcessEnv = {};
    const log = (): string => join(folder, "runtimes.log");

    async function answer(program: string): Promise<Readonly<Record<string, unknown>>> {
      const { stdout } = await exec("node", [program], { cwd: folder, env });
      return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Record<string, unknown>;
    }

    before(async function () {
      this.timeout(engineTimeout);
      await sharedEngine();
      const project = await projectWith({ "@pulumi/pulumi": sdk, [nodePackage]: node });
      folder = await realpath(project.folder);
      await cp(__dirname, folder, { recursive: true });
      await cp(join(__dirname, "../../package/consumer"), folder, { recursive: true });
      const program = join(folder, "node_modules", nodePackage, "bin/node");
      // Everybody who looks for `node` finds this, which notes what it is to run: npx puts this folder first, too.
      const place = join(folder, "node_modules/.bin");
      await rm(join(place, "node"), { force: true });
      await writeFile(join(place, "node"), `#!/bin/sh\necho "$*" >> '${log()}'\nexec '${program}' "$@"\n`, {
        mode: 0o755,
      });
      env = { ...process.env, PATH: [place, process.env["PATH"] ?? ""].join(delimiter) };
    });

    it("has types that check", async () => {
      const options = ["--strict", "--target", "es2022", "--types", "node", "--module", "nodenext"];
      const compiler = join(folder, "node_modules/typescript/bin/tsc");
      await exec("node", [compiler, ...options, "deploy.mts", "platform.cts"], { cwd: folder, env });
    });

    it("deploys by the embedding API", async () => {
      const { created, buckets, planned } = await answer("deploy.mjs");
      assert.ok(Number(created) > 40, String(created));
      assert.deepEqual(buckets, planned);
    });

    it("sees a stack through its life", async () => {
      const life = await answer("life.cjs");
      assert.match(String(life["node"]), new RegExp(`^v${node.replaceAll(".", "\\.")}\\.`));
      if (sdk !== "latest") assert.equal(life["sdk"], sdk);
      assert.ok(Number(life["created"]) > 40, String(life["created"]));
      assert.deepEqual(life["second"], ["same"]);
      assert.ok(Number(life["deleted"]) > 40, String(life["deleted"]));
    });

    it("ran the program in the language host with it, too", async () => {
      assert.match(await readFile(log(), "utf8"), /@pulumi\/pulumi\/cmd\/run/);
    });
  });
}

describe("the supported range of Node.js", () => {
  it("is what package.json and the documentation say", async () => {
    const [from, to] = [ends[0].node, ends[1].node];
    assert.equal(engines.node, `>=${from} <${Number(to) + 1}`);
    for (const page of ["README.md", "docs/cli.md"]) {
      const text = await readFile(join(__dirname, "../../..", page), "utf8");
      assert.ok(text.replaceAll(/\s+/g, " ").includes(`Node.js ${from} to ${to}`), page);
    }
  });
});
