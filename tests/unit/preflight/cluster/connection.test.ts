import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { clusterCheck, createClusterCheck } from "../../../../preflight/cluster";
import { configuredAks, given } from "../../../support/azure-configurations";
import { configured, samples } from "../../../support/configurations";
import { tokens, withKubeApi } from "../../../support/kube-api/kube-api";
import { base64, kubeconfigOf, type KubeconfigOptions } from "../../../support/kube-api/kubeconfig";
import { node } from "../../../support/kube-api/objects";
import { authority } from "../../../support/peers/authority";
import { assertBad, look, type Looked } from "../../../support/peers/look";
import { scratchFolder } from "../../../support/scratch";

describe("preflight: connection to the cluster", () => {
  const api = withKubeApi();
  const folder = scratchFolder();

  async function lookWith(
    options: KubeconfigOptions = {},
    kubernetes: object = {},
    check = clusterCheck,
  ): Promise<Looked> {
    const kubeconfigPath = join(folder(), "config");
    await writeFile(kubeconfigPath, kubeconfigOf(api, options));
    const config = configured({ onprem: { kubernetes } });
    return look(check, config, { files: { rootCas: [], kubeconfigPath } });
  }

  it("says what answers and who asks", async () => {
    const { finding } = await lookWith();
    assert.equal(finding("cluster.reachable").reason, `${api.url} answers as Kubernetes v1.34.1`);
    assert.equal(finding("cluster.login").reason, "logged in as admin");
  });

  it("goes by the context that is configured", async () => {
    const { finding } = await lookWith({}, { context: "limited" });
    assert.equal(finding("cluster.login").reason, "logged in as limited");
    const missing = await lookWith({}, { context: "production" });
    assertBad(
      missing.finding("cluster.reachable"),
      "failed",
      /no context "production", but example, limited/,
      /kubeconfigPath/,
    );
  });

  it("uses the kubeconfig that is configured as a secret, and the environment's without any", async () => {
    const content = kubeconfigOf(api, { user: { token: tokens.limited } });
    const secret = await look(clusterCheck, configured({}, { kubeconfig: content }));
    assert.equal(secret.finding("cluster.login").reason, "logged in as limited");
    const path = join(folder(), "ambient");
    await writeFile(path, content);
    const ambient = await look(clusterCheck, configured(), { env: { KUBECONFIG: path } });
    assert.equal(ambient.finding("cluster.login").reason, "logged in as limited");
    const none = await look(clusterCheck, configured(), { env: { HOME: folder() } });
    assertBad(none.finding("cluster.reachable"), "failed", /there is no kubeconfig/, /kubeconfigPath/);
  });

  it("skips the rest when there is no connection", async () => {
    const { results, finding } = await lookWith({ cluster: { server: "https://127.0.0.1:1" } });
    assertBad(finding("cluster.reachable"), "failed", /nothing listens there/, /kubectl cluster-info/);
    const rest = results.slice(1);
    assert.equal(rest.length, 8);
    for (const { status, id } of rest) assert.equal(status, "skipped", id);
  });

  it("says how to mend each kind of refusal", async () => {
    const other = { "certificate-authority-data": base64(authority("Other CA").certificate) };
    const untrusted = await lookWith({ cluster: other });
    assertBad(untrusted.finding("cluster.reachable"), "failed", /not trusted/, /certificate-authority-data/);
    const expired = await lookWith({ user: { token: "planted-expired" } });
    assertBad(
      expired.finding("cluster.login"),
      "failed",
      /does not accept the credentials \(401\)/,
      /renew the credentials/,
    );
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "sh",
      args: ["-c", "echo planted; echo no login >&2; exit 1"],
    };
    const plugin = await lookWith({ user: { exec } });
    assertBad(
      plugin.finding("cluster.reachable"),
      "failed",
      /sh failed with status 1: no login/,
      /log in with the program/,
    );
  });

  it("does not wait for ever", async () => {
    api.hanging = /version/;
    const check = { ...clusterCheck, timeoutMs: 300 };
    const { finding } = await look(check, configured({}, { kubeconfig: kubeconfigOf(api) }));
    assert.equal(finding("cluster").status, "failed");
  });

  it("finds a part that does not answer, and all the others", async () => {
    api.hanging = /ingressclasses/;
    api.store.put(node("one"));
    const { finding } = await lookWith({}, {}, createClusterCheck({ lookTimeoutMs: 10_000 }));
    assertBad(finding("cluster.ingress-class"), "failed", /did not answer in time/);
    assert.equal(finding("cluster.nodes").status, "passed");
  });

  describe("on Azure", () => {
    const existing = {
      aks: {
        cluster: {
          existingId: given("Microsoft.ContainerService/managedClusters", "platform"),
          authorizedRanges: undefined,
        },
      },
    };
    const databaseUrl = samples.databaseUrl;

    it("waits for a new cluster", async () => {
      const { results } = await look(clusterCheck, configuredAks());
      assert.deepEqual(
        results.map(({ status, reason }) => [status, reason]),
        [["skipped", "the deployment creates the cluster"]],
      );
    });

    it("looks at a given one by its kubeconfig, configured or fetched", async () => {
      const [skipped] = (await look(clusterCheck, configuredAks(existing, { databaseUrl }))).results;
      assert.match(skipped?.reason ?? "", /fetches the kubeconfig/);
      const configured_ = await look(
        createClusterCheck(),
        configuredAks(existing, { databaseUrl, kubeconfig: kubeconfigOf(api) }),
      );
      assert.equal(configured_.finding("cluster.login").reason, "logged in as admin");
      const fetching = createClusterCheck({
        azureKubeconfig: (id) => Promise.resolve(id.endsWith("/platform") ? kubeconfigOf(api) : ""),
      });
      const fetched = await look(fetching, configuredAks(existing, { databaseUrl }));
      assert.equal(fetched.finding("cluster.login").reason, "logged in as admin");
    });
  });
});
