import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Shell } from "../../cli/completion";
import { scratchFolder } from "../support/scratch";
import { run, spaceliftCommand } from "./support";

const word = (text: string): string => `'${text}'`;

/** What follows the cursor. */
const BEHIND = "--yes";

/** How each shell is brought to print what it offers at the end of a command line, a candidate per line. */
const scripts: Readonly<Record<Shell, (words: readonly string[]) => string>> = {
  bash: (words) => `
    source <(spacelift completion bash)
    COMP_WORDS=(${[...words, BEHIND].map(word).join(" ")})
    COMP_CWORD=${words.length - 1}
    "$(complete -p spacelift | sed 's/.*-F \\([^ ]*\\).*/\\1/')"
    printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: (words) => `
    compdef() { registered=$1 }
    source <(spacelift completion zsh)
    _describe() { local -a all; all=("\${(@P)2}"); print -rl -- "\${all[@]%%:*}" }
    words=(${[...words, BEHIND].map(word).join(" ")}); CURRENT=${words.length}
    $registered`,
  fish: (words) => `
    spacelift completion fish | source
    complete -C ${word(words.join(" "))} | string replace -r '\\t.*' ''`,
};

for (const shell of ["bash", "zsh", "fish"] as const) {
  describe(`spacelift completion ${shell}, in ${shell}`, function () {
    const folder = scratchFolder();
    before(function () {
      if (spawnSync(shell, ["-c", "true"]).error === undefined) return;
      if (shell === "bash") throw new Error("these tests need bash");
      process.stderr.write(`    ${shell} is not on this machine\n`);
      this.skip();
    });

    async function offered(...words: readonly string[]): Promise<readonly string[]> {
      const command = spaceliftCommand.map(word).join(" ");
      await writeFile(join(folder(), "spacelift"), `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
      const PATH = [folder(), process.env["PATH"] ?? ""].join(delimiter);
      const ended = await run([shell, "-c"], [scripts[shell](words)], {
        cwd: folder(),
        env: { ...process.env, PATH },
      });
      assert.equal(ended.stderr, "");
      return ended.stdout.trim().split("\n");
    }

    it("completes commands, options and stacks", async () => {
      await writeFile(join(folder(), "Pulumi.onprem.yaml"), "");
      assert.deepEqual(await offered("spacelift", "re"), ["refresh", "rehearse"]);
      assert.deepEqual(await offered("spacelift", "up", "--skip"), ["--skip-preflight"]);
      assert.deepEqual(await offered("spacelift", "up", "-s", ""), ["onprem"]);
    });
  });
}
