import assert from "node:assert/strict";
import { poolSpec } from "../../../../components/workers/pool";

describe("poolSpec", () => {
  const pool = { name: "default", size: 2, resources: {}, spec: {} };

  it("gives all three containers requests", () => {
    const { pod } = poolSpec(pool, { type: "api" }, { pullSecrets: [] }) as {
      pod: Record<string, { resources: { requests: Record<string, string> } }>;
    };
    for (const name of ["initContainer", "grpcServerContainer", "workerContainer"]) {
      assert.deepEqual(Object.keys(pod[name]?.resources.requests ?? {}), ["cpu", "memory"], name);
    }
  });

  it("refers to a Secret made by hand, or leaves the identity to the controller", () => {
    const byHand = poolSpec(pool, { type: "secret", secretName: "s" }, { pullSecrets: [] });
    assert.deepEqual(byHand["token"], { secretKeyRef: { name: "s", key: "token" } });
    assert.deepEqual(byHand["privateKey"], { secretKeyRef: { name: "s", key: "privateKey" } });
    const own = poolSpec({ ...pool, space: "root" }, { type: "api" }, { pullSecrets: [] });
    assert.equal(own["space"], "root");
    assert.ok(!("token" in own));
  });

  it("makes every container trust further CAs", () => {
    const spec = poolSpec(pool, { type: "api" }, { pullSecrets: [], trustedCasConfigMap: "cas" });
    const { pod } = spec as { pod: Record<string, { volumeMounts?: unknown[]; env?: { value: string }[] }> };
    for (const name of ["initContainer", "grpcServerContainer", "workerContainer"]) {
      assert.equal(pod[name]?.volumeMounts?.length, 1, name);
      assert.equal(pod[name].env?.[0]?.value, "/etc/ssl/certs:/opt/spacelift/certs", name);
    }
  });

  it("lets further fields win", () => {
    const spec = poolSpec(
      { ...pool, spec: { poolSize: 9, pod: { labels: { a: "b" } } } },
      { type: "api" },
      { pullSecrets: [] },
    );
    assert.equal(spec["poolSize"], 9);
    assert.ok("workerContainer" in (spec["pod"] as object));
  });
});
