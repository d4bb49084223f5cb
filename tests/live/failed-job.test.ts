import assert from "node:assert/strict";
import { objectInputs, TOKENS } from "../twins/support/kube";
import { until } from "./ground/api-client";
import { type KubernetesProvider, startKubernetesProvider } from "./ground/kubernetes-provider";
import { liveTimeout, withGround } from "./support";
import { jobSpec } from "./twin-requests";

const path = "/apis/batch/v1/namespaces/default/jobs/fails";

// What `DatabaseDump` relies on, held against the provider and the controller of Jobs: without the annotation, a Job that has
// failed would be waited for in vain by every later run.
describe("a Job that failed, on a real API server", function () {
  this.timeout(liveTimeout);
  const ground = withGround();
  let real: KubernetesProvider | undefined;
  before(async () => {
    real = await startKubernetesProvider(ground().cluster.kubeconfig);
  });
  after(() => real?.stop());

  /** What the next run replaces it for. */
  async function replacesOf(annotations: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const engine = real?.engine ?? assert.fail();
    // No node has the label, and the Job gives up after a second.
    const nodeSelector = { "example.com/nowhere": "true" };
    const spec = jobSpec(
      { image: "example:1" },
      { backoffLimit: 0, activeDeadlineSeconds: 1 },
      { nodeSelector },
    );
    // It is the test that waits, as a creation that is waited for gives no state here.
    const metadata = {
      name: "fails",
      namespace: "default",
      annotations: { "pulumi.com/skipAwait": "true", ...annotations },
    };
    const inputs = objectInputs("job", metadata, { spec });
    const made = await engine.create(TOKENS.job, "job", inputs);
    try {
      await until("the Job has failed", async () =>
        /"type":"Failed"/.test(JSON.stringify(await ground().cluster.api.get(path))),
      );
      const { replaces } = await engine.diff(made, inputs);
      return replaces;
    } finally {
      await engine.delete(made);
    }
  }

  it("is replaced by the next run where it says so", async () => {
    assert.deepEqual(await replacesOf({ "pulumi.com/replaceUnready": "true" }), [
      '.metadata.annotations["pulumi.com/replaceUnready"]',
    ]);
  });

  it("is left as it is otherwise", async () => {
    assert.deepEqual(await replacesOf({}), []);
  });
});
