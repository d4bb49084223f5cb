import assert from "node:assert/strict";
import { planner } from "../../charts/support/planned";
import { KUBE_VERSION } from "../../charts/support/helm";
import { configuredAks } from "../../support/azure-configurations";
import { configured } from "../../support/configurations";
import { goBuildTimeout } from "../ground/go-programs";
import { score } from "./kube-score/scan";

// Pods come with the charts, which `npm run test:charts` scores together with these.
const needsPods = ["networkpolicy-targets-pod"];

describe("kube-score on the objects that the program makes itself", function () {
  this.timeout(goBuildTimeout);
  const plan = planner();

  for (const [title, config] of Object.entries({
    "on-premises": configured({}),
    AKS: configuredAks({}),
  })) {
    it(`finds nothing: ${title}`, async () => {
      const { objects } = await plan(config);
      const { failed, passed } = await score(objects, { kubernetes: KUBE_VERSION, without: needsPods });
      assert.deepEqual(failed, []);
      assert.deepEqual([...new Set(passed.map(({ check }) => check))].sort(), [
        "label-values",
        "poddisruptionbudget-has-policy",
        "stable-version",
      ]);
    });
  }
});
