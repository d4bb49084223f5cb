import assert from "node:assert/strict";
import { helmRecord } from "../../../support/kube-api/installation";
import { settings, withInstallation } from "../../../support/kube-api/installed";
import { secret } from "../../../support/kube-api/objects";

describe("status of versions and drift", () => {
  const { api, report, become } = withInstallation();

  const edit = (name: string, from: string, to: string): void => {
    api.store.change("Deployment", name, (object) => ({
      ...object,
      spec: JSON.parse(JSON.stringify(object["spec"]).replaceAll(from, to)) as object,
    }));
  };

  it("tells what runs another version than configured", async () => {
    const { verdict, reasons } = await report({ settings: { ...settings, version: "v3.1.0" } });
    assert.equal(verdict, "degraded");
    assert.deepEqual(reasons, [
      "spacelift-server: runs v3.0.0, not v3.1.0",
      "spacelift-drain: runs v3.0.0, not v3.1.0",
      "spacelift-scheduler: runs v3.0.0, not v3.1.0",
      "runs are started with the launcher v3.0.0, not v3.1.0",
    ]);
  });

  it("tells a release that failed, by its newest revision", async () => {
    api.store.put(
      helmRecord(10, "failed", 'Upgrade "spacelift" failed: timed out waiting for the condition'),
    );
    const { reasons } = await report();
    assert.deepEqual(reasons, [
      'Helm release, revision 10: failed: Upgrade "spacelift" failed: timed out waiting for the condition',
    ]);
  });

  it("tells what was changed by hand", async () => {
    edit("spacelift-server", "v3.0.0", "v3.0.0-hotfix");
    edit("spacelift-drain", "spacelift-shared-1a2b3c4d", "spacelift-shared-copy");
    become("spacelift-scheduler", {}, { replicas: 5 });
    api.store.change("Ingress", "server-v4", (object) => ({
      ...object,
      spec: { ingressClassName: "haproxy", rules: [{ host: "runs.example.com" }] },
    }));
    api.store.put(secret("spacelift", "spacelift-server-1a2b3c4d", {}, { manager: "kubectl-edit" }));
    const { drift } = await report();
    const registry = "registry.example.com/spacelift-backend";
    assert.deepEqual(drift.live.readable && [...drift.live.value].sort(), [
      "Deployment spacelift-drain: Secrets of drain is spacelift-shared-copy, spacelift-drain-1a2b3c4d, deployed was spacelift-shared-1a2b3c4d, spacelift-drain-1a2b3c4d",
      "Deployment spacelift-scheduler: replicas is 5, deployed was 2",
      `Deployment spacelift-server: image of server is ${registry}:v3.0.0-hotfix, deployed was ${registry}:v3.0.0`,
      "Ingress server-v4: class is haproxy, deployed was nginx",
      "Ingress server-v4: hosts are runs.example.com, deployed were spacelift.example.com",
      "Secret spacelift-server-1a2b3c4d: changed by kubectl-edit",
    ]);
  });

  it("adds what a refresh of the stack finds, or why it finds nothing", async () => {
    const resources = [{ urn: "urn:pulumi:a::spacelift::b::c", change: "update", properties: ["spec"] }];
    const found = await report({ detectDrift: () => Promise.resolve({ resources }) });
    assert.deepEqual(found.drift.stack, { readable: true, value: { resources } });
    assert.deepEqual(found.reasons, ["drift: update of urn:pulumi:a::spacelift::b::c"]);
    const failing = await report({ detectDrift: () => Promise.reject(new Error("the stack is locked")) });
    assert.deepEqual(failing.reasons, ["drift of the stack cannot be read: the stack is locked"]);
    const slow = await report({ detectDrift: () => new Promise(() => undefined), driftTimeoutMs: 50 });
    assert.deepEqual(slow.reasons, ["drift of the stack cannot be read: no answer within 0.05 s"]);
  });
});
