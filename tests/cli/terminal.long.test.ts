import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { operationTimeout } from "../engine/support";
import { configured } from "../support/configurations";
import { answersOf, cliWorld, spaceliftCommand } from "./support";

interface Typed {
  /** What is waited for. */
  readonly after: RegExp;
  readonly keys: string;
}

describe("spacelift at a terminal", function () {
  this.timeout(operationTimeout);
  const cli = cliWorld({ clock: 20 });

  /** Runs the command line at a pseudo-terminal that types when it has read what it waits for. */
  function atTerminal(
    args: readonly string[],
    ...typed: readonly Typed[]
  ): Promise<{ readonly code: number | null; readonly text: string; readonly raw: string }> {
    const { env, folder } = cli();
    const command = [...spaceliftCommand, ...args].map((word) => `'${word}'`).join(" ");
    return new Promise((done, fail) => {
      const child = spawn("script", ["-qec", `stty cols 120 rows 40; ${command}`, "/dev/null"], {
        cwd: folder,
        env: { ...env, TERM: "xterm", NO_COLOR: undefined },
      });
      const left = [...typed];
      let raw = "";
      let seen = 0;
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        raw += chunk;
        const [next] = left;
        if (next?.after.test(raw.slice(seen)) !== true) return;
        seen = raw.length;
        left.shift();
        setTimeout(() => child.stdin.write(next.keys), 300);
      });
      child.once("error", fail);
      child.once("close", (code) => {
        // eslint-disable-next-line no-control-regex -- sequences of the terminal begin with the escape character
        done({ code, raw, text: raw.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "") });
      });
    });
  }

  before(async function () {
    this.timeout(operationTimeout);
    const { spacelift, world } = cli();
    const input = answersOf(configured({}, { kubeconfig: world.kubeconfig }));
    const { code, stderr } = await spacelift(["init", "-s", "onprem", "--answers", "-"], { input });
    assert.equal(code, 0, stderr);
  });

  it("up shows the plan and changes nothing when it is not agreed to", async () => {
    const { code, text } = await atTerminal(["up", "--skip-preflight"], {
      after: /Apply this plan/,
      keys: "n",
    });
    assert.equal(code, 130, text.slice(-1000));
    assert.match(text, /\+ ├─ spacelift-release {2}kubernetes:helm\.sh\/v3:Release/);
    assert.match(text, /the plan was not approved; nothing was changed/);
    assert.doesNotMatch(text, /updating/);
  });

  it("up draws a live tree with a bar, times and components, and asks for the passphrase unseen", async () => {
    const { env } = cli();
    const passphrase = env["PULUMI_CONFIG_PASSPHRASE"] ?? "";
    delete env["PULUMI_CONFIG_PASSPHRASE"];
    try {
      const { code, text, raw } = await atTerminal(
        ["up", "--skip-preflight"],
        { after: /Passphrase of the stack "onprem"/, keys: `${passphrase}\r` },
        { after: /Apply this plan/, keys: "y" },
      );
      assert.equal(code, 0, text.slice(-2000));
      assert.ok(!text.includes(passphrase));
      assert.match(text, /updating {2}█+░+ \d+ of \d+ {2}/);
      assert.match(text, /spacelift {2}Spacelift {2}\d+ of \d+ {2}\d/);
      assert.match(text, /spacelift-release {2}Release {2}creating {2}\d/);
      assert.match(text, /✓ platform {2}OnPrem {2}\d+ of \d+/);
      assert.match(text, /url: https:\/\/spacelift\.example\.com/);
      assert.ok(raw.includes("\u001b[36m"), "no colours");
    } finally {
      env["PULUMI_CONFIG_PASSPHRASE"] = passphrase;
    }
  });

  it("up asks before it releases the lock of a run that was killed, and then goes on", async () => {
    const state = cli().world.workspace.backend.slice("file://".length);
    const folder = join(state, ".pulumi/locks/organization/spacelift/onprem");
    await mkdir(folder, { recursive: true });
    const killed = { pid: 99_999_999, username: "ops", hostname: hostname(), timestamp: new Date() };
    await writeFile(join(folder, "11111111-2222-3333-4444-555555555555.json"), JSON.stringify(killed));
    const question = /locked by ops@\S+ since .*which is gone[^]*Release the lock and go on/;
    const declined = await atTerminal(["up", "--skip-preflight"], { after: question, keys: "n" });
    assert.equal(declined.code, 4, declined.text.slice(-1000));
    const agreed = await atTerminal(["up", "--skip-preflight"], { after: question, keys: "y" });
    assert.equal(agreed.code, 0, agreed.text.slice(-1000));
    assert.match(agreed.text, /the lock is released/);
  });

  it("destroy says what stays and wants the name typed", async () => {
    const { code, text } = await atTerminal(
      ["destroy"],
      { after: /Type the stack's name/, keys: "aks\r" },
      { after: /that is not "onprem"/, keys: "\u0003" },
    );
    assert.equal(code, 130, text.slice(-1000));
    assert.match(text, /this stays:\r\n(?: {2}.*\r\n)* {2}bucket spacelift-states with its objects/);
    assert.doesNotMatch(text, /destroying {2}/);
  });
});
