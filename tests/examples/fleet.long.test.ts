import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { operationTimeout } from "../engine/support";
import { exampleOf, start } from "./support";

describe("the example fleet", function () {
  this.timeout(operationTimeout);
  const folder = exampleOf("fleet");

  /** Runs the example in a rehearsal, and gives what its summary says of each stack. */
  async function run(): Promise<{ readonly code: number | null; readonly summary: Record<string, string> }> {
    const { ended, printed } = start(folder(), ["main.ts", "--rehearse"]);
    const code = await ended;
    const lines = [...printed().matchAll(/^(\w+) +(deployed|unchanged|failed) +[\d.]+ s +(.*)$/gm)];
    const summary = lines.map(([, stack = "", outcome = "", detail = ""]) => [
      stack,
      `${outcome}: ${detail}`,
    ]);
    assert.ok(lines.length > 0, printed());
    return { code, summary: Object.fromEntries(summary) as Record<string, string> };
  }

  it("deploys every stack of its list", async () => {
    const { code, summary } = await run();
    assert.equal(code, 0, JSON.stringify(summary));
    assert.deepEqual(Object.keys(summary).sort(), ["america", "europe", "staging"]);
    for (const said of Object.values(summary)) assert.match(said, /^deployed: \d\d create$/);
  });

  it("leaves the others alone when one fails, and says so", async () => {
    const list = join(folder(), "fleet.ts");
    const text = await readFile(list, "utf8");
    await writeFile(
      list,
      text.replace(/^ *member\("europe".*\n/m, "").replace("spacelift.us.example.com", "no host"),
    );
    const { code, summary } = await run();
    assert.equal(code, 1);
    assert.match(summary["america"] ?? "", /^failed: SPACELIFT_CONFIG_INVALID/);
    assert.match(summary["staging"] ?? "", /^deployed: /);
  });
});
