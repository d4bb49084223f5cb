import assert from "node:assert/strict";
import { chartArgs } from "../../../../components/cluster/helm-release";
import { chartsOf } from "../../../../config/versions";

describe("chartArgs", () => {
  const pin = chartsOf("v3.0.0").spacelift;

  it("pins chart, version and repository", () => {
    assert.deepEqual(chartArgs(pin, {}), {
      chart: "spacelift-self-hosted",
      version: "0.62.0",
      repositoryOpts: { repo: "https://downloads.spacelift.io/helm" },
    });
  });

  it("takes a mirror, an OCI reference or a local chart", () => {
    assert.deepEqual(chartArgs(pin, { repository: "https://mirror.example.com" }).repositoryOpts, {
      repo: "https://mirror.example.com",
    });
    assert.deepEqual(chartArgs(pin, { chart: "oci://r.example.com/c", version: "0.64.0" }), {
      chart: "oci://r.example.com/c",
      version: "0.64.0",
    });
    assert.deepEqual(chartArgs(pin, { chart: "./charts/spacelift" }), { chart: "./charts/spacelift" });
  });
});
