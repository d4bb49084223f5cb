import assert from "node:assert/strict";
import type { StatusReport } from "../../../../automation/status/report";
import { pod, waiting } from "../../../support/kube-api/installation";
import { settings, withInstallation } from "../../../support/kube-api/installed";

describe("status of pods", () => {
  const { api, answerWith, report, become } = withInstallation();

  it("is down without a ready server, with the reason", async () => {
    become("spacelift-server", { readyReplicas: 0, updatedReplicas: 0 });
    const message = 'Back-off pulling image "registry.example.com/spacelift-backend:v3.0.0"';
    for (const name of ["a", "b"]) {
      api.store.put(pod("server", `spacelift-server-${name}`, waiting("ImagePullBackOff", message)));
    }
    answerWith(503);
    const { verdict, reasons, workloads, migrations } = await report();
    assert.equal(verdict, "down");
    assert.ok(
      reasons.includes(`spacelift-server: none of 2 pods is ready (ImagePullBackOff: ${message})`),
      reasons.join("\n"),
    );
    assert.match(reasons[0] ?? "", /^https:\/\/spacelift\.example\.com\/: it answers 503/);
    assert.equal(workloads.readable && workloads.value[0]?.pods[0]?.problem, `ImagePullBackOff: ${message}`);
    assert.deepEqual(migrations.readable && migrations.value.state, "unknown");
  });

  it("is degraded with too few ready, with how they end", async () => {
    become("spacelift-drain", { readyReplicas: 1 });
    const status_ = waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container", 7, 2);
    api.store.put(pod("drain", "spacelift-drain-b", status_));
    const { verdict, reasons, workloads } = await report();
    assert.equal(verdict, "degraded");
    assert.deepEqual(reasons, [
      "spacelift-drain: 1 of 2 pods are ready (CrashLoopBackOff: back-off 5m0s restarting failed container)",
    ]);
    const drain = workloads.readable ? workloads.value[1] : undefined;
    assert.deepEqual([drain?.restarts, drain?.pods[1]?.lastExit], [7, "Error, exit code 2"]);
  });

  it("tells pods that find no node, and quotas that let none be made", async () => {
    become("spacelift-scheduler", { readyReplicas: 0 });
    const message = "0/3 nodes are available: 3 Insufficient memory.";
    const unscheduled = {
      phase: "Pending",
      conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }],
    };
    api.store.put(pod("scheduler", "spacelift-scheduler-a", unscheduled));
    become("spacelift-drain", {
      readyReplicas: 1,
      conditions: [
        { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "exceeded quota" },
      ],
    });
    const { reasons, verdict } = await report();
    assert.equal(verdict, "degraded");
    assert.deepEqual(reasons, [
      "spacelift-drain: 1 of 2 pods are ready (FailedCreate: exceeded quota)",
      `spacelift-scheduler: none of 2 pods is ready (Unschedulable: ${message})`,
    ]);
  });

  it("counts no pods of others in the namespace", async () => {
    const stranger = pod("server", "other-server-a", waiting("ImagePullBackOff", "none of ours", 9));
    const labels = { ...stranger.metadata.labels, "app.kubernetes.io/instance": "other" };
    api.store.put({ ...stranger, metadata: { ...stranger.metadata, labels } });
    const { verdict, workloads } = await report();
    assert.equal(verdict, "healthy");
    assert.deepEqual(workloads.readable && workloads.value[0]?.pods.map(({ name }) => name), [
      "spacelift-server-a",
      "spacelift-server-b",
    ]);
  });

  it("tells a rollout that is under way, and services that are switched off or gone", async () => {
    become("spacelift-server", { updatedReplicas: 1 });
    become("spacelift-scheduler", { readyReplicas: 0, updatedReplicas: 0 }, { replicas: 0 });
    api.store.remove("Deployment", "spacelift-drain");
    const { reasons } = await report();
    assert.deepEqual(reasons, [
      "there is no Deployment of the drain",
      "spacelift-server: 1 of 2 pods are of the newest revision",
      "spacelift-scheduler: scaled to 0 pods",
      "drift: Deployment spacelift-drain is missing",
      "drift: Deployment spacelift-scheduler: replicas is 0, deployed was 2",
    ]);
  });
});

describe("status of a release without a scheduler", () => {
  const { report, become } = withInstallation();

  it("takes a scheduler without pods for what it is, and another service for switched off", async () => {
    become("spacelift-scheduler", { readyReplicas: 0, updatedReplicas: 0 }, { replicas: 0 });
    const reasons = async (version: string): Promise<readonly string[]> =>
      (await report({ settings: { ...settings, version } })).reasons.filter((reason) =>
        /scaled/.test(reason),
      );
    assert.deepEqual(await reasons("v6.3.0"), ["spacelift-scheduler: scaled to 0 pods"]);
    assert.deepEqual(await reasons("v6.4.0"), []);
    become("spacelift-drain", { readyReplicas: 0, updatedReplicas: 0 }, { replicas: 0 });
    assert.deepEqual(await reasons("v6.4.0"), ["spacelift-drain: scaled to 0 pods"]);
  });
});

describe("status of migrations", () => {
  const { api, report, become } = withInstallation();

  const started = (restarts: number): object => ({
    phase: "Running",
    conditions: [{ type: "Ready", status: "False" }],
    containerStatuses: [
      {
        name: "main",
        ready: false,
        started: true,
        restartCount: restarts,
        state: { running: {} },
        lastState: restarts === 0 ? {} : { terminated: { reason: "Error", exitCode: 1 } },
      },
    ],
  });
  const migrationsWith = async (status_: object): Promise<StatusReport["migrations"]> => {
    for (const name of ["a", "b"]) api.store.put(pod("server", `spacelift-server-${name}`, status_));
    become("spacelift-server", { readyReplicas: 0 });
    return (await report()).migrations;
  };

  it("says that they run, or fail", async () => {
    const running = await migrationsWith(started(0));
    assert.deepEqual(running.readable && running.value.state, "running");
    const failing = await migrationsWith(started(3));
    assert.ok(failing.readable);
    assert.equal(failing.value.state, "failing");
    assert.match(failing.value.reason, /spacelift-server-a ended 3 times .*\(Error, exit code 1\)/);
  });

  it("counts servers of the image that is deployed alone", async () => {
    api.store.change("Deployment", "spacelift-server", (object) => ({
      ...object,
      spec: JSON.parse(JSON.stringify(object["spec"]).replaceAll("v3.0.0", "v3.1.0")) as object,
    }));
    const { migrations } = await report();
    assert.ok(migrations.readable);
    assert.equal(migrations.value.image, "registry.example.com/spacelift-backend:v3.1.0");
    assert.equal(migrations.value.state, "unknown");
  });
});
