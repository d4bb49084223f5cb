import assert from "node:assert/strict";
import type { Properties } from "../../rehearsal/twins/framework";
import { kubernetesTwin } from "../../rehearsal/twins/kubernetes";
import { EngineClient } from "../twins/support/engine-client";
import { makeObject } from "../twins/support/kube";
import { type KubernetesProvider, startKubernetesProvider } from "./ground/kubernetes-provider";
import { differences } from "./twin-differences";
import { type Answer, requests } from "./twin-requests";
import { liveTimeout, withGround } from "./support";

const namespace = "twins";

describe("the twin of the Kubernetes provider answers as the real one does", function () {
  this.timeout(liveTimeout);
  const ground = withGround();
  let real: KubernetesProvider | undefined;
  let twin: EngineClient | undefined;

  before(async () => {
    const config: Properties = { kubeconfig: ground().cluster.kubeconfig, enableSecretMutable: "true" };
    twin = await EngineClient.connect(kubernetesTwin, { config });
    real = await startKubernetesProvider(ground().cluster.kubeconfig, { enableSecretMutable: "true" });
    for (const engine of [twin, real.engine]) await makeObject(engine, "namespace", { name: namespace });
  });
  after(async () => {
    await ground().cluster.api.remove(`/api/v1/namespaces/${namespace}`);
    await twin?.close();
    await real?.stop();
  });

  for (const [what, ask] of Object.entries(requests)) {
    it(what, async () => {
      assert.ok(real !== undefined && twin !== undefined);
      const surroundings = { namespace, chart: ground().charts["charts.workerController.chart"] };
      const answers: Readonly<Record<"twin" | "real", Answer>> = {
        twin: await ask(twin, surroundings),
        real: await ask(real.engine, surroundings),
      };
      const known = differences[what];
      if (known === undefined) assert.deepEqual(answers.twin, answers.real);
      // A difference that is gone has to leave the list.
      else assert.deepEqual(answers, known.answers, known.why);
    });
  }

  it("but for differences that are all in the list", () => {
    const unknown = Object.keys(differences).filter((what) => requests[what] === undefined);
    assert.deepEqual(unknown, []);
  });
});
