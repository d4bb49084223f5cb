import assert from "node:assert/strict";
import { withCluster } from "../../../support/kube-api/cluster-look";
import { definition, helmSecret } from "../../../support/kube-api/objects";
import { assertBad } from "../../../support/peers/look";

describe("preflight: kinds of the worker pool controller of the cluster", () => {
  const { api, found } = withCluster();
  const kinds = ["workerpools.workers.spacelift.io", "workers.workers.spacelift.io"];

  it("must not belong to another release, and can be handed over when that is gone", async () => {
    api.store.put(...kinds.map((kind) => definition(kind, { release: "controller", place: "other" })));
    const belongs = /release controller in namespace other/;
    assertBad(await found("worker-kinds"), "failed", belongs, /kubectl annotate --overwrite crd/);
    api.store.put(helmSecret("other", "controller"));
    assertBad(
      await found("worker-kinds"),
      "failed",
      belongs,
      /uninstall that controller, or .*workers\.enabled false/,
    );
    assert.equal((await found("worker-kinds", { workers: { enabled: false } })).status, "skipped");
  });

  it("can be handed over when they belong to nobody", async () => {
    api.store.put(...kinds.map((kind) => definition(kind)));
    assertBad(
      await found("worker-kinds"),
      "failed",
      /nothing that Helm knows of/,
      /kubectl annotate --overwrite crd/,
    );
  });
});
