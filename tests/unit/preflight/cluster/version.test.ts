import assert from "node:assert/strict";
import { withCluster } from "../../../support/kube-api/cluster-look";

describe("preflight: version of the cluster", () => {
  const { api, found } = withCluster();
  for (const [version, status, reason] of [
    ["v1.25.16", "failed", /older than 1\.26/],
    ["v1.30.2", "warning", /oldest that the installed charts are tested with/],
    ["v1.33.0", "passed", /^Kubernetes v1\.33\.0$/],
    ["v1.36.1-eks-1a2b3c", "passed", /v1\.36\.1-eks/],
    ["v1.39.0", "warning", /newer than 1\.37/],
    ["v2.0.0", "warning", /no version 1/],
  ] as const) {
    it(`${version} is ${status}`, async () => {
      api.version = version;
      const finding = await found("version");
      assert.equal(finding.status, status);
      assert.match(finding.reason, reason);
    });
  }
});
