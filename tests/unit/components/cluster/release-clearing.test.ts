import assert from "node:assert/strict";
import { clearTheWay, type Clearing } from "../../../../components/cluster/release-clearing";
import type { WantedRelease } from "../../../../components/cluster/release-recovery";
import { findHelmRecord, findHelmRelease, helmRevisions } from "../../../../kubernetes/helm-release";
import { type KubeClient, connectCluster } from "../../../../kubernetes/kube-client";
import { releaseProgress } from "../../../../kubernetes/release-progress";
import { helmRecord } from "../../../support/kube-api/installation";
import { withInstallation } from "../../../support/kube-api/installed";
import { kubeconfigOf } from "../../../support/kube-api/kubeconfig";

const wanted: WantedRelease = {
  operation: "update",
  name: "spacelift",
  namespace: "spacelift",
  chart: "spacelift-self-hosted",
  values: { planted: "planted-value" },
  timeoutSeconds: 600,
};
const { signal } = new AbortController();
const ago = (seconds: number): Date => new Date(Date.now() - seconds * 1000);

describe("clearTheWay", () => {
  const { api, become } = withInstallation();
  const connect = (): Promise<KubeClient> => connectCluster({ content: kubeconfigOf(api), env: {}, signal });
  let said: string[] = [];
  beforeEach(() => {
    said = [];
    // What the controller of the Deployments writes.
    for (const name of ["server", "drain", "scheduler"])
      become(`spacelift-${name}`, { observedGeneration: 1, replicas: 2 });
  });
  const clear = async (
    asked: Partial<WantedRelease> = {},
    onSay = (): void => undefined,
  ): Promise<Clearing> =>
    clearTheWay(
      await connect(),
      { ...wanted, ...asked },
      {
        signal,
        say: (message) => {
          said.push(message);
          onSay();
        },
        lookMs: 10,
      },
    );
  const statuses = async (): Promise<string[]> =>
    (await helmRevisions(await connect(), "spacelift", "spacelift", { signal })).map(
      ({ revision, status }) => `${revision} ${status}`,
    );

  it("records what a killed update has left as failed, in label and content, and nothing else", async () => {
    api.store.put(helmRecord(3, "pending-upgrade", "Preparing upgrade", { updated: ago(700) }));
    const before = await findHelmRelease(await connect(), "spacelift", "spacelift", { signal });
    const { outcome, message } = await clear();
    assert.equal(outcome, "cleared");
    assert.match(message, /left by a run that did not end: revision 3 is pending-upgrade/);
    assert.deepEqual(await statuses(), ["3 failed", "2 deployed", "1 superseded"]);
    const after = await findHelmRelease(await connect(), "spacelift", "spacelift", { signal });
    const description = "Left pending-upgrade by a run that did not end";
    assert.deepEqual(after, { ...before, status: "failed", description });
    const [newest] = await helmRevisions(await connect(), "spacelift", "spacelift", { signal });
    const record = newest && (await findHelmRecord(await connect(), "spacelift", newest, { signal }));
    assert.deepEqual(record?.values, { planted: "planted-value" });
    const deleted = api.requests.filter((request) => request.startsWith("DELETE"));
    assert.deepEqual(deleted, []);
  });

  it("waits for an operation that may be going on, and leaves alone what it came to", async () => {
    become("spacelift-server", { readyReplicas: 1 });
    api.store.put(helmRecord(3, "pending-upgrade", "Preparing upgrade", { updated: ago(30) }));
    const ends = (): void => {
      setTimeout(() => {
        api.store.put(helmRecord(3, "deployed"));
        become("spacelift-server", { readyReplicas: 2 });
      }, 50);
    };
    const { outcome } = await clear({ operation: "create" }, ends);
    assert.equal(outcome, "cleared");
    assert.equal(said.length, 1, "it is said once");
    assert.match(said[0] ?? "", /is pending-upgrade, and whoever began that may still be at it/);
    assert.deepEqual(await statuses(), []);
  });

  it("looks again when somebody writes the record in between", async () => {
    api.store.put(helmRecord(3, "pending-upgrade", "Preparing upgrade", { updated: ago(700) }));
    const client = await connect();
    const patch = client.patch.bind(client);
    let patches = 0;
    client.patch = async (...args) => {
      patches += 1;
      if (patches === 1) {
        api.store.change("Secret", "sh.helm.release.v1.spacelift.v3", (object) => ({
          ...object,
          metadata: { ...object.metadata, resourceVersion: "7" },
        }));
      }
      return patch(...args);
    };
    const say = (): void => undefined;
    const { outcome } = await clearTheWay(client, wanted, { signal, say, lookMs: 10 });
    assert.equal(outcome, "cleared");
    assert.equal(patches, 2);
    assert.deepEqual(await statuses(), ["3 failed", "2 deployed", "1 superseded"]);
  });

  it("forgets the records of a running release that the state lacks, and touches no object", async () => {
    const { outcome, message } = await clear({ operation: "create" });
    assert.equal(outcome, "cleared");
    assert.match(message, /Its objects are taken over as they are/);
    assert.deepEqual(await statuses(), []);
    const deleted = api.requests.filter((request) => request.startsWith("DELETE"));
    // The newest last: killed in between, the next run meets the same case.
    assert.deepEqual(
      deleted.map((request) => request.split("/").at(-1)),
      ["sh.helm.release.v1.spacelift.v1", "sh.helm.release.v1.spacelift.v2"],
    );
  });

  it("refuses a running release that is another, without its values", async () => {
    const { outcome, message } = await clear({ operation: "create", values: { planted: "other" } });
    assert.equal(outcome, "refused");
    assert.match(message, /something else: values\.planted\. Nothing was changed/);
    assert.doesNotMatch(message, /planted-value/);
    assert.deepEqual(await statuses(), ["2 deployed", "1 superseded"]);
  });

  it("adopts a running release whatever its values", async () => {
    assert.equal((await clear({ operation: "adopt", values: {} })).outcome, "adopt");
    assert.deepEqual(await statuses(), ["2 deployed", "1 superseded"]);
  });

  it("tells how far the objects are that Helm waits for", async () => {
    const client = await connect();
    const release = await findHelmRelease(client, "spacelift", "spacelift", { signal });
    assert.ok(release);
    const progress = (manifest = release.manifest): Promise<string> =>
      releaseProgress(client, "spacelift", { manifest }, { signal });
    assert.equal(await progress(), "ready");
    become("spacelift-drain", { updatedReplicas: 1 });
    assert.equal(await progress(), "unready");
    become("spacelift-drain", { updatedReplicas: 2, replicas: 3 });
    assert.equal(await progress(), "unready", "an old pod is still there");
    api.store.remove("Deployment", "spacelift-drain");
    assert.equal(await progress(), "missing");
    const service = "apiVersion: v1\nkind: Service\nmetadata: {name: mqtt}\n";
    api.store.put({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "mqtt", namespace: "spacelift" },
      spec: { type: "LoadBalancer" },
    });
    assert.equal(await progress(service), "unready");
    assert.equal(
      await progress(`${service}---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\n`),
      "unknown",
    );
  });
});
