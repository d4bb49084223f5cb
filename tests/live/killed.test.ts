import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { changeCount } from "../../rehearsal/session";
import { inOrder } from "../engine/support";
import { processesBelow } from "../support/processes";
import { until } from "./ground/api-client";
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
    (await helmRelease(api(), namespace, "spacelift"))?.status;

  /** Runs `up`, kills the engine and all it started once Helm has the release in a state, and gives the lock back. */
  const killedIn = async (pending: string): Promise<void> => {
    let engine = 0;
    const onStart = (pid: number): void => {
      engine = pid;
    };
    const rejected = assert.rejects(stack().up({ onStart }));
    // An `up` that ends before has not been killed.
    await Promise.race([
      rejected,
      until(`the release is ${pending}`, async () => (await status()) === pending),
    ]);
    for (const pid of [engine, ...processesBelow(engine)]) process.kill(pid, "SIGKILL");
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
