import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { exitCodeOf, exitCodes } from "../../cli/exit-codes";
import { spaceliftProgram, variables } from "../../cli/program";
import { inOrder, operationTimeout } from "../engine/support";
import { cliWorld, run, spaceliftCommand } from "./support";

const page = readFileSync(resolve(__dirname, "../../docs/cli.md"), "utf8");

/** The command blocks of the page in order, with the exit code that each ends with. */
const blocks = [...page.matchAll(/^```shell(?: exit-code=(\d+))?\n(.*?)^```$/gms)].map(
  ([, code = "0", commands = ""]) => ({ code: Number(code), commands }),
);

describe("docs/cli.md", function () {
  this.timeout(operationTimeout * 2);
  const cli = cliWorld();
  inOrder();
  let env: NodeJS.ProcessEnv = {};

  before("a home with a kubeconfig, and `spacelift` on PATH", async () => {
    const { folder, world, env: base } = cli();
    const home = join(folder, "home");
    const bin = join(folder, "bin");
    mkdirSync(join(home, ".kube"), { recursive: true });
    mkdirSync(bin);
    await writeFile(join(home, ".kube", "config"), world.kubeconfig);
    const quoted = spaceliftCommand.map((word) => `'${word}'`).join(" ");
    await writeFile(join(bin, "spacelift"), `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
    env = {
      ...base,
      HOME: home,
      PATH: [bin, base["PATH"] ?? ""].join(delimiter),
      SPACELIFT_REHEARSAL_DIR: join(folder, "rehearsal"),
    };
  });

  it("has command blocks", () => {
    assert.ok(blocks.length >= 9, String(blocks.length));
  });

  for (const { commands, code } of blocks) {
    const title = commands.split("\n")[0] ?? "";
    it(`\`${title}\` ends with ${code}`, async () => {
      const ended = await run(["bash", "--norc", "-euo", "pipefail", "-c"], [commands], {
        cwd: cli().folder,
        env,
      });
      assert.equal(ended.code, code, ended.stdout.slice(-3000) + ended.stderr);
    });
  }

  it("has every exit code with its errors, and every variable, as the help words them", () => {
    const rows = page.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
    const has = (...cells: readonly string[]): boolean =>
      rows.some((row) => cells.every((cell, index) => row[index + 1] === cell));
    for (const [code, text] of Object.entries(exitCodes)) {
      const errors = Object.entries(exitCodeOf).flatMap(([name, own]) =>
        String(own) === code ? [`\`${name}\``] : [],
      );
      assert.ok(has(code, text, errors.join(", ")), code);
    }
    for (const [name, text] of Object.entries(variables)) assert.ok(has(`\`${name}\``, text), name);
  });

  it("names every command and every option of its own", () => {
    for (const command of spaceliftProgram().commands.filter((each) => !each.name().startsWith("_"))) {
      assert.match(page, new RegExp(`\`(?:spacelift )?${command.name()}|spacelift ${command.name()}`));
      for (const { long } of command.options) {
        assert.ok(page.includes(long ?? ""), `${command.name()} ${long ?? ""}`);
      }
    }
  });
});
