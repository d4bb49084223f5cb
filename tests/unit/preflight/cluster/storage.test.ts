import assert from "node:assert/strict";
import { type Changes, withCluster } from "../../../support/kube-api/cluster-look";
import type { Manifest } from "../../../../rehearsal/twins/kubernetes/api/manifest";
import { assertBad } from "../../../support/peers/look";

describe("preflight: storage class of the cluster", () => {
  const { api, found } = withCluster();
  const ephemeral = (spec: object): object => ({
    pod: { workspaceVolume: { ephemeral: { volumeClaimTemplate: { spec } } } },
  });
  const changes = (spec: object): Changes => ({
    workers: { pools: [{ name: "default", spec: ephemeral(spec) }] },
  });
  const storageClass = (name: string, isDefault: boolean): Manifest => ({
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name, annotations: { "storageclass.kubernetes.io/is-default-class": String(isDefault) } },
  });

  it("matters only where something claims a volume", async () => {
    const finding = await found("storage-class");
    assert.deepEqual(
      [finding.status, finding.reason],
      ["skipped", "nothing that is deployed claims a volume"],
    );
  });

  it("must be there by name, or as the default", async () => {
    api.store.put(storageClass("slow", false));
    assertBad(
      await found("storage-class", changes({ storageClassName: "fast" })),
      "failed",
      /fast, which does not exist/,
      /slow/,
    );
    assert.equal((await found("storage-class", changes({ storageClassName: "slow" }))).status, "passed");
    assertBad(
      await found("storage-class", changes({})),
      "failed",
      /no default one/,
      /kubectl annotate storageclass slow/,
    );
    api.store.put(storageClass("fast", true));
    assert.equal((await found("storage-class", changes({}))).status, "passed");
    const helmValues = { persistence: { enabled: true, storageClass: "gold" } };
    assertBad(
      await found("storage-class", { ingress: { mode: "traefik", className: undefined, helmValues } }),
      "failed",
      /gold/,
    );
  });
});
