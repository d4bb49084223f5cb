import assert from "node:assert/strict";
import { connectCluster } from "../../../kubernetes/kube-client";
import { findUnready, type Unready } from "../../../kubernetes/unready";
import { helmRecord, pod, podEvent, waiting } from "../../support/kube-api/installation";
import { withInstallation } from "../../support/kube-api/installed";
import { kubeconfigOf } from "../../support/kube-api/kubeconfig";

const { signal } = new AbortController();

describe("findUnready", () => {
  const { api, become } = withInstallation();
  const find = async (): Promise<readonly Unready[] | undefined> => {
    const client = await connectCluster({ content: kubeconfigOf(api), env: {}, signal });
    return findUnready(client, "spacelift", "spacelift", { signal });
  };
  const upgrade = (): void => {
    api.store.put(helmRecord(3, "pending-upgrade", "Preparing upgrade"));
  };

  it("finds nothing while all is ready, and does not look once Helm has given up", async () => {
    upgrade();
    assert.deepEqual(await find(), []);
    for (const status of ["failed", "pending-rollback", "deployed"]) {
      api.store.put(helmRecord(3, status));
      assert.equal(await find(), undefined, status);
    }
  });

  it("tells why a pod does not start, with its last events", async () => {
    upgrade();
    const name = "spacelift-server-new";
    api.store.put(
      pod("server", name, waiting("ImagePullBackOff", "Back-off pulling image")),
      podEvent(name, "Failed", "manifest unknown"),
      podEvent("spacelift-server-a", "Unhealthy", "of another pod"),
    );
    assert.deepEqual(await find(), [
      {
        what: `pod ${name}: ImagePullBackOff: Back-off pulling image`,
        details: ["event: Failed: manifest unknown"],
      },
    ]);
  });

  it("tells the last lines of a container that ended, and of one that runs and is not ready", async () => {
    upgrade();
    const logs = (name: string, query: string, text: string): void => {
      const path = `/api/v1/namespaces/spacelift/pods/${name}/log?container=main&tailLines=5${query}`;
      api.logs.set(path, text);
    };
    api.store.put(
      pod("server", "crashes", waiting("CrashLoopBackOff", "back-off 5m0s", 4, 1)),
      pod("drain", "starts", {
        phase: "Running",
        conditions: [{ type: "Ready", status: "False" }],
        containerStatuses: [
          { name: "main", ready: false, restartCount: 0, state: { running: {} }, lastState: {} },
        ],
      }),
    );
    logs("crashes", "&previous=true", "one\ntwo\n\nthree\n");
    logs("starts", "", "waits for the database\n");
    assert.deepEqual(await find(), [
      {
        what: "pod crashes: CrashLoopBackOff: back-off 5m0s; 4 restarts; ended last with Error, exit code 1",
        details: ["log: one", "log: two", "log: three"],
      },
      {
        what: "pod starts: container main runs and is not ready",
        details: ["log: waits for the database"],
      },
    ]);
  });

  it("says that lines may not be read, and goes on", async () => {
    upgrade();
    api.store.put(pod("server", "crashes", waiting("CrashLoopBackOff", "back-off", 1, 1)));
    const [found] = (await find()) ?? [];
    assert.match(found?.details[0] ?? "", /^log: cannot be read: /);
  });

  it("tells of pods that are forbidden, leaves out those that go, and counts what is too much", async () => {
    upgrade();
    become("spacelift-drain", {
      conditions: [
        { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "exceeded quota" },
      ],
    });
    for (let index = 0; index < 7; index++)
      api.store.put(pod("server", `new-${index}`, waiting("ImagePullBackOff", "no")));
    const going = pod("server", "going", waiting("Error", "ends"));
    api.store.put({ ...going, metadata: { ...going.metadata, deletionTimestamp: "2026-01-02T03:04:05Z" } });
    const found = ((await find()) ?? []).map(({ what }) => what);
    assert.equal(found[0], "pods of spacelift-drain: FailedCreate: exceeded quota");
    assert.equal(found.length, 7);
    assert.equal(found.at(-1), "and 2 more");
    assert.ok(!found.join("\n").includes("going"));
  });
});
