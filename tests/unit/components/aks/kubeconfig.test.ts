import assert from "node:assert/strict";
import { decodeCredentials, kubeloginKubeconfig } from "../../../../components/platform/aks/kubeconfig";
import { listedKubeconfig } from "../../../support/azure-state";

describe("kubeloginKubeconfig", () => {
  const read = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

  it("has kubelogin get the tokens, and holds none", () => {
    const config = kubeloginKubeconfig(
      listedKubeconfig,
      "spacelift-aks",
      "workloadidentity",
      "AzureChinaCloud",
    );
    assert.deepEqual(read(config)["clusters"], [
      {
        name: "spacelift-aks",
        cluster: {
          server: "https://spacelift-0123.hcp.polandcentral.azmk8s.io:443",
          "certificate-authority-data": "Q0E=",
        },
      },
    ]);
    assert.match(config, /"--environment","AzureChinaCloud",/);
    assert.match(config, /"--login","workloadidentity"/);
    assert.doesNotMatch(config, /planted/);
  });

  it("reads a kubeconfig in JSON as well", () => {
    const json = JSON.stringify({
      clusters: [{ cluster: { "certificate-authority-data": "Q0E=", server: "https://host:443" } }],
    });
    assert.match(
      kubeloginKubeconfig(json, "c", "azurecli", "AzurePublicCloud"),
      /"server":"https:\/\/host:443"/,
    );
  });

  it("rejects a kubeconfig without an address, and does not show it", () => {
    assert.throws(
      () => kubeloginKubeconfig("users: [{token: planted}]", "c", "azurecli", "AzurePublicCloud"),
      (error) =>
        error instanceof Error && /no `server`/.test(error.message) && !/planted/.test(error.message),
    );
  });
});

describe("decodeCredentials", () => {
  it("decodes the first kubeconfig", () => {
    assert.equal(decodeCredentials([{ name: "clusterUser", value: "YQ==" }]), "a");
  });

  it("rejects a cluster whose credentials may not be listed", () => {
    assert.throws(() => decodeCredentials([]), /Azure gave no kubeconfig/);
  });
});
