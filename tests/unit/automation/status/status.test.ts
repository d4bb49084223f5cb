import assert from "node:assert/strict";
import { withInstallation } from "../../../support/kube-api/installed";
import { kubeconfigOf } from "../../../support/kube-api/kubeconfig";

describe("status", () => {
  const { api, report } = withInstallation();

  it("of a healthy installation gives no reason", async () => {
    const { verdict, reasons, ...parts } = await report();
    assert.deepEqual([verdict, reasons], ["healthy", []]);
    assert.deepEqual(parts.cluster, {
      readable: true,
      value: { server: api.url, version: "v1.34.1", namespace: "spacelift" },
    });
    assert.ok(parts.workloads.readable && parts.versions.readable && parts.endpoints.readable);
    assert.deepEqual(
      parts.workloads.value.map(({ service, desired, ready, pods }) => [
        service,
        desired,
        ready,
        pods.length,
      ]),
      [
        ["server", 2, 2, 2],
        ["drain", 2, 2, 2],
        ["scheduler", 2, 2, 2],
      ],
    );
    assert.deepEqual(parts.versions.value, {
      expected: "v3.0.0",
      images: { "spacelift-server": "v3.0.0", "spacelift-drain": "v3.0.0", "spacelift-scheduler": "v3.0.0" },
      launcher: "v3.0.0",
      release: {
        revision: 2,
        status: "deployed",
        chart: "spacelift-self-hosted",
        chartVersion: "0.62.0",
        updatedAt: "2026-01-02T03:04:05Z",
        description: "Upgrade complete",
      },
    });
    assert.deepEqual(parts.ingresses, {
      readable: true,
      value: [
        { name: "server-v4", className: "nginx", hosts: ["spacelift.example.com"], addresses: ["127.0.0.1"] },
      ],
    });
    assert.deepEqual(parts.migrations.readable && parts.migrations.value.state, "finished");
    assert.deepEqual(parts.drift, { live: { readable: true, value: [] } });
    const [first] = parts.endpoints.value;
    assert.deepEqual([first?.name, first?.ok, first?.via, first?.tls?.trusted], ["ui", true, "dns", true]);
  });
});

describe("status that cannot be read", () => {
  const { api, ca, report } = withInstallation();

  it("says for each part why", async () => {
    api.allows = ({ resource }) => resource !== "secrets";
    const { verdict, reasons, workloads } = await report({ trustedCas: [ca.certificate] });
    assert.equal(verdict, "degraded");
    assert.equal(workloads.readable, true);
    assert.deepEqual(
      reasons.map((reason) => reason.split(":")[0]),
      ["certificates cannot be read", "versions cannot be read", "drift cannot be read"],
    );
    for (const reason of reasons) assert.match(reason, /User "admin" cannot/);
  });

  it("waits for no part longer than allowed", async () => {
    api.hanging = /pods/;
    const { reasons, ingresses } = await report({ timeoutMs: 10_000 });
    assert.equal(ingresses.readable, true);
    assert.deepEqual(reasons, [
      "workloads cannot be read: no answer within 10 s",
      "migrations cannot be read: no answer within 10 s",
    ]);
  });

  it("still looks at the endpoints without a cluster", async () => {
    const content = kubeconfigOf(api, { user: { token: "planted-expired" } });
    const { verdict, reasons, endpoints, workloads } = await report({
      kubeconfig: { content },
      trustedCas: [ca.certificate],
    });
    assert.equal(verdict, "degraded");
    assert.deepEqual(reasons, [
      "cluster cannot be read: the API server does not accept the credentials (401)",
    ]);
    assert.ok(endpoints.readable && endpoints.value[0]?.ok);
    assert.equal(workloads.readable, false);
    const none = await report({
      kubeconfig: { path: "/nowhere" },
      network: { resolve: () => Promise.resolve([]) },
    });
    assert.equal(none.verdict, "down");
    assert.ok(none.reasons.some((reason) => /\/nowhere cannot be read \(ENOENT\)/.test(reason)));
  });

  it("ends when the caller gives up", async () => {
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    await assert.rejects(report({ signal }), reason);
  });

  it("masks what the caller knows as secret", async () => {
    const { cluster } = await report({ redact: (text) => text.replaceAll("v1.34.1", "[secret]") });
    assert.equal(cluster.readable && cluster.value.version, "[secret]");
  });

  it("says when there is nothing installed", async () => {
    api.store.clear();
    const { verdict, reasons } = await report({ network: { resolve: () => Promise.resolve([]) } });
    assert.equal(verdict, "down");
    assert.deepEqual(reasons, [
      "https://spacelift.example.com/: DNS does not know spacelift.example.com, and the Ingress has no address",
      "there is no Deployment of the server",
      "there is no Deployment of the drain",
      "certificate of spacelift.example.com: the Secret cert does not exist",
      "there is no Ingress",
      "Helm knows no release",
      "drift: there is no Helm release in the namespace spacelift",
    ]);
  });
});
