import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { runCommand } from "../../engine/command";
import { changeCount } from "../../rehearsal/session";
import { inOrder } from "../engine/support";
import { helmRelease, readyDeployments } from "./looks";
import { liveStack, liveTimeout, withGround, withIngressClass } from "./support";

const namespace = "spacelift";

// Helm's records and its refusals are the real ones, by the official provider.
describe("a run that is killed inside a Helm release on a real API server", function () {
  this.timeout(liveTimeout);
  withIngressClass("nginx");
  inOrder();
  const ground = withGround();
  const api = () => ground().cluster.api;
  const stack = liveStack(ground, () => ({
    stack: "onprem",
    config: {
      "onprem.kubernetes.kubeconfigPath": ground().cluster.kubeconfigPath,
      tls: { mode: "selfSigned" },
    },
  }));

  const status = async (): Promise<string | undefined> =>
    // Before the first installation there is no record.
    (await helmRelease(api(), namespace, "spacelift").catch(() => undefined))?.status;

  /** Runs `up`, kills engine, language host and providers once Helm has the release in a state, and gives the lock back. */
  const killedIn = async (pending: string): Promise<void> => {
    const over = new AbortController();
    const rejected = assert.rejects(stack().up()).finally(() => {
      over.abort();
    });
    while (!over.signal.aborted && (await status()) !== pending) await setTimeout(10);
    await killEngine();
    await rejected;
    await rm(join(stack().folders.state, ".pulumi", "locks"), { recursive: true, force: true });
    assert.equal(await status(), pending);
  };

  const isRecovered = async (): Promise<void> => {
    assert.equal(await status(), "deployed");
    await readyDeployments(api(), namespace);
    assert.equal(changeCount(await stack().up()), 0);
  };

  it("is recovered by the next, when it was installing", async () => {
    await killedIn("pending-install");
    await stack().up();
    await isRecovered();
  });

  it("is recovered by the next, when it was updating", async () => {
    stack().setConfig("version", "v3.1.0");
    await killedIn("pending-upgrade");
    const { changes } = await stack().up();
    assert.equal(changes["update"], 1, JSON.stringify(changes));
    await isRecovered();
  });

  it("is destroyed all the same", async () => {
    await stack().destroy();
    assert.equal(await status(), undefined);
  });
});

/** Kills what this process started of the engine, and nobody else's. */
async function killEngine(): Promise<void> {
  const { stdout } = await runCommand("ps", ["-eo", "pid=,ppid=,comm="]);
  const processes = stdout.split("\n").map((line) => {
    const [pid = "", parent = "", ...name] = line.trim().split(/\s+/);
    return { pid: Number(pid), parent: Number(parent), name: name.join(" ") };
  });
  const below = (parent: number): typeof processes =>
    processes.filter((each) => each.parent === parent).flatMap((each) => [each, ...below(each.pid)]);
  const found = below(process.pid).filter(({ name }) => name.startsWith("pulumi"));
  assert.ok(found.length > 0, "no engine runs");
  for (const { pid } of found) process.kill(pid, "SIGKILL");
}
