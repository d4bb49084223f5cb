import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { mergeSpec } from "../../../../components/workers/pool";

describe("mergeSpec", () => {
  // The merge keys are those of `patchMergeKey` in k8s.io/api, core/v1.
  const cases: readonly (readonly [
    string,
    readonly object[],
    readonly { readonly [key: string]: string }[],
    object[],
  ])[] = [
    [
      "volumes",
      [{ name: "ours", configMap: { name: "cas" } }],
      [{ name: "theirs", emptyDir: "x" }],
      [
        { name: "ours", configMap: { name: "cas" } },
        { name: "theirs", emptyDir: "x" },
      ],
    ],
    [
      "env",
      [
        { name: "A", value: "1" },
        { name: "B", value: "2" },
      ],
      [{ name: "A", value: "9" }],
      [
        { name: "A", value: "9" },
        { name: "B", value: "2" },
      ],
    ],
    [
      "volumeMounts",
      [{ name: "cas", mountPath: "/certs" }],
      [{ name: "cas", mountPath: "/more" }],
      [
        { name: "cas", mountPath: "/certs" },
        { name: "cas", mountPath: "/more" },
      ],
    ],
    ["imagePullSecrets", [{ name: "ours" }], [{ name: "theirs" }], [{ name: "ours" }, { name: "theirs" }]],
    [
      "tolerations",
      [{ key: "runs", operator: "Exists" }],
      [
        { key: "gpu", operator: "Exists" },
        { key: "runs", operator: "Exists" },
      ],
      [
        { key: "runs", operator: "Exists" },
        { key: "gpu", operator: "Exists" },
      ],
    ],
  ];

  for (const [field, base, overrides, expected] of cases) {
    it(`adds to \`${field}\` and replaces what is the same entry`, () => {
      assert.deepEqual(mergeSpec({ pod: { [field]: base } }, { pod: { [field]: overrides } }), {
        pod: { [field]: expected },
      });
    });
  }

  it("replaces an entry as a whole, so that no half of ours contradicts theirs", () => {
    const base = { volumes: [{ name: "cas", configMap: { name: "ours" } }] };
    const overrides = { volumes: [{ name: "cas", secret: { secretName: "theirs" } }] };
    assert.deepEqual(mergeSpec(base, overrides), overrides);
  });

  it("replaces lists without a key and plain values, and takes away what is null", () => {
    const base = {
      allowedRunnerImageHosts: ["a"],
      pod: { nodeSelector: { runs: "true" }, labels: { a: "b" } },
    };
    assert.deepEqual(
      mergeSpec(base, { allowedRunnerImageHosts: ["b"], pod: { nodeSelector: null, labels: { c: "d" } } }),
      {
        allowedRunnerImageHosts: ["b"],
        pod: { labels: { a: "b", c: "d" } },
      },
    );
  });

  it("takes no Output apart, and changes neither argument", () => {
    const name = pulumi.output("registry");
    const base = { pod: { imagePullSecrets: [{ name }] }, token: name };
    const overrides = { pod: { imagePullSecrets: [{ name: "theirs" }] }, token: { secretKeyRef: "x" } };
    const before = structuredClone(overrides);
    const merged = mergeSpec(base, overrides);
    assert.deepEqual(overrides, before);
    assert.equal(base.pod.imagePullSecrets.length, 1);
    assert.deepEqual(merged["token"], { secretKeyRef: "x" });
    const pod = merged["pod"] as { imagePullSecrets: { name: unknown }[] };
    assert.equal(pod.imagePullSecrets[0]?.name, name);
    assert.deepEqual(pod.imagePullSecrets[1], { name: "theirs" });
  });
});
