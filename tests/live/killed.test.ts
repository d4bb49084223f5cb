import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { deploySpacelift, readStackFile } from "../../automation";
import { changeCount } from "../support/rehearsed-stack";
import { inOrder } from "../engine/support";
import { processesBelow } from "../support/processes";
import { until } from "./ground/api-client";
import { deployments, helmRelease, readyDeployments } from "./looks";
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

  /** Runs what recovers a running installation: none of its services may have fewer ready pods for a moment. */
  const withoutLoss = async <T>(recover: () => Promise<T>): Promise<T> => {
    const services = await deployments(api(), namespace);
    assert.ok(services.length >= 2);
    const lost: string[] = [];
    const done = new AbortController();
    const watching = (async () => {
      while (!done.signal.aborted) {
        const now = new Map((await deployments(api(), namespace)).map((each) => [each.uid, each]));
        for (const { uid, name, replicas } of services) {
          const ready = now.get(uid)?.ready ?? 0;
          if (ready < replicas) lost.push(`${name}: ${ready} of ${replicas}`);
        }
        await sleep(100);
      }
    })();
    const recovered = await recover().finally(() => {
      done.abort();
    });
    await watching;
    assert.deepEqual(lost, []);
    return recovered;
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
    const { changes } = await withoutLoss(() => stack().up());
    assert.equal(changes["update"], 1, JSON.stringify(changes));
    await isRecovered();
  });

  it("is recovered after a refresh as well", async () => {
    stack().setConfig("version", "v3.4.0");
    await killedIn("pending-upgrade");
    await withoutLoss(() => stack().up({ args: ["--refresh"] }));
    await isRecovered();
  });

  it("is recovered by the embedding API and the command line, which is made of it", async () => {
    stack().setConfig("version", "v3.7.0");
    await killedIn("pending-upgrade");
    const workspace = await stack().workspace();
    const at = { stack: "onprem", workspace };
    const { settings, secrets } = await readStackFile({ ...at, file: stack().folders.configFile });
    await withoutLoss(() => deploySpacelift({ ...at, settings, secrets }));
    await isRecovered();
  });

  it("says which pods were not ready and why, when a release fails", async () => {
    const nowhere = { "example.com/pool": "nowhere" };
    stack().setConfig("charts.timeoutMinutes", 1);
    stack().setConfig("services.drain.nodeSelector", nowhere);
    const why = /pod spacelift-drain-\S+: .*didn't match Pod's node affinity\/selector/;
    await assert.rejects(stack().up(), (error) => {
      assert.match(inspect(error, { depth: 9 }), why);
      return true;
    });
    stack().setConfig("services.drain.nodeSelector", undefined);
    await stack().up();
    await isRecovered();
  });

  it("is destroyed all the same", async () => {
    await stack().destroy();
    assert.equal(await status(), undefined);
  });
});
