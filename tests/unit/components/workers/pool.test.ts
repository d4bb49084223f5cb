import assert from "node:assert/strict";
import { poolSpec } from "../../../../components/workers/pool";
import { trustVariables } from "../../../../components/workers/trust";

interface Container {
  readonly volumeMounts?: readonly object[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
}

const podOf = (spec: Record<string, unknown>): Readonly<Record<string, Container>> =>
  spec["pod"] as Readonly<Record<string, Container>>;

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
    const pod = podOf(spec);
    for (const name of ["initContainer", "grpcServerContainer", "workerContainer"]) {
      assert.deepEqual(pod[name]?.volumeMounts, [
        { name: "trusted-cas", mountPath: "/opt/spacelift/certs", readOnly: true },
      ]);
      assert.deepEqual(
        Object.fromEntries((pod[name].env ?? []).map((each) => [each.name, each.value])),
        trustVariables(),
        name,
      );
    }
  });

  it("keeps its volume, mounts and variables beside those of the operator", () => {
    const policy = { name: "policy", configMap: { name: "initialization-policy" } };
    const mount = { name: "policy", mountPath: "/opt/spacelift/policies", readOnly: true };
    const spec = poolSpec(
      {
        ...pool,
        spec: {
          pod: {
            volumes: [policy],
            initContainer: { volumeMounts: [mount], env: [{ name: "POLICY", value: "x" }] },
          },
        },
      },
      { type: "api" },
      { pullSecrets: [], trustedCasConfigMap: "cas" },
    );
    const pod = podOf(spec);
    assert.deepEqual(pod["volumes"], [{ name: "trusted-cas", configMap: { name: "cas" } }, policy]);
    const { env = [], volumeMounts = [] } = pod["initContainer"] ?? {};
    assert.deepEqual(volumeMounts.at(1), mount);
    assert.equal(volumeMounts.length, 2);
    assert.deepEqual(
      env.map(({ name }) => name),
      [...Object.keys(trustVariables()), "POLICY"],
    );
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
