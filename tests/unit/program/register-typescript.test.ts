import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { scratchFolder } from "../../support/scratch";

const repository = resolve(__dirname, "..", "..", "..");

interface Loaded {
  readonly value: number;
  readonly line: string;
  /** Whether types had to be taken away: sucrase is loaded for nothing else. */
  readonly transpiled: boolean;
}

const main = `
  const { value, line } = require("./module.ts");
  const transpiled = Object.keys(require.cache).some((file) => file.includes("/sucrase/dist/"));
  console.log(JSON.stringify({ value, line: /module\\.ts:(\\d+)/.exec(line)?.[1], transpiled }));
`;

describe("the loader of TypeScript", () => {
  const scratch = scratchFolder();
  const source = (value: number): string =>
    `interface Unused {\n  readonly a: string;\n}\nexport const value: number = ${value};\nexport const line: string = [new Error().stack, __dirname].join();\n`;

  /** Loads a module with a copy of the loader, whose cache is in the scratch folder then, in a process of its own. */
  async function load(): Promise<Loaded> {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--require", "./program/register-typescript.cjs", "main.cjs"],
      { cwd: scratch(), env: { PATH: process.env["PATH"], NODE_PATH: join(repository, "node_modules") } },
    );
    return JSON.parse(stdout) as Loaded;
  }

  beforeEach(async () => {
    await mkdir(join(scratch(), "program"));
    await copyFile(
      join(repository, "program", "register-typescript.cjs"),
      join(scratch(), "program", "register-typescript.cjs"),
    );
    await writeFile(join(scratch(), "module.ts"), source(1));
    await writeFile(join(scratch(), "main.cjs"), main);
  });

  it("takes types away once, and again when the source has changed", async () => {
    assert.deepEqual(await load(), { value: 1, line: "5", transpiled: true });
    assert.deepEqual(await load(), { value: 1, line: "5", transpiled: false });
    await writeFile(join(scratch(), "module.ts"), source(2));
    assert.deepEqual(await load(), { value: 2, line: "5", transpiled: true });
  });

  it("leaves nothing unfinished in its cache", async () => {
    await load();
    const kept = await readdir(join(scratch(), "node_modules", ".cache", "spacelift-selfhosted-pulumi"));
    assert.equal(kept.length, 1);
    assert.match(kept.join(), /^module-[0-9a-f]{32}\.js$/);
  });

  it("loads without a cache where none can be written", async () => {
    // A file where the folder should be stops every user, root included.
    await writeFile(join(scratch(), "node_modules"), "");
    assert.deepEqual(await load(), { value: 1, line: "5", transpiled: true });
  });
});
