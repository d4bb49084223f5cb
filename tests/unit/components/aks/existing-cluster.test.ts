import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type FoundCluster, clusterFacts } from "../../../../components/platform/aks/existing-cluster";

const where = { name: "platform", resourceGroup: "corporate" };
const found: FoundCluster = {
  identity: { principalId: "control-plane" },
  identityProfile: { kubeletidentity: { objectId: "kubelet" } },
  oidcIssuerProfile: { issuerURL: "https://issuer.example.com/" },
  securityProfile: { workloadIdentity: { enabled: true } },
};

describe("clusterFacts", () => {
  it("reads a cluster with an identity of its own or a given one", () => {
    const facts = {
      issuerUrl: "https://issuer.example.com/",
      principalId: "control-plane",
      kubeletPrincipalId: "kubelet",
    };
    assert.deepEqual(clusterFacts(found, where), facts);
    const identity = { userAssignedIdentities: { id: { principalId: "given" } } };
    assert.deepEqual(clusterFacts({ ...found, identity }, where), { ...facts, principalId: "given" });
  });

  const lacking: Readonly<Record<string, readonly [FoundCluster, RegExp]>> = {
    "workload identity": [
      { ...found, securityProfile: {} },
      /^the cluster platform has no workload identity; run `az aks update --resource-group corporate --name platform --enable-oidc-issuer --enable-workload-identity`$/,
    ],
    "an issuer": [{ ...found, oidcIssuerProfile: {} }, /no workload identity; run/],
    "a managed identity": [
      { ...found, identity: {} },
      /no managed identity; run .*--enable-managed-identity/,
    ],
    "an identity of its nodes": [{ ...found, identityProfile: {} }, /no identity for its nodes; run/],
  };
  for (const [what, [cluster, message]] of Object.entries(lacking)) {
    it(`rejects a cluster without ${what}, and says how to switch it on`, () => {
      assert.throws(
        () => clusterFacts(cluster, where),
        (error) => pulumi.RunError.isInstance(error) && message.test(error.message),
      );
    });
  }
});
