import assert from "node:assert/strict";
import { goBuildTimeout } from "../live/ground/go-programs";
import { justified } from "../live/scan/kube-score/justified";
import { type Score, score } from "../live/scan/kube-score/scan";
import { scratchFolder } from "../support/scratch";
import { needsCharts } from "./support/chart-folder";
import { ClusterView } from "./support/cluster-view";
import { KUBE_VERSION } from "./support/helm";
import { planner } from "./support/planned";
import { covering } from "./support/scenarios";

const lines = (found: readonly Score[]): string[] =>
  [...new Set(found.map(({ check, object }) => `${check}, ${object}`))].sort();
const accepted = lines(
  justified.flatMap(({ check, objects }) => objects.map((object) => ({ check, object }))),
);

describe("kube-score on what the charts and the program make", function () {
  this.timeout(goBuildTimeout);
  needsCharts();
  const plan = planner();
  const folder = scratchFolder();
  const seen = new Set<string>();

  for (const { title, config } of covering) {
    it(`finds nothing but what is justified: ${title}`, async () => {
      const { objects } = await ClusterView.of(await plan(config()), folder());
      const found = lines((await score(objects, { kubernetes: KUBE_VERSION })).failed);
      for (const line of found) seen.add(line);
      assert.deepEqual(
        found.filter((line) => !accepted.includes(line)),
        [],
      );
    });
  }

  it("still finds everything that is justified", () => {
    assert.deepEqual(
      accepted.filter((line) => !seen.has(line)),
      [],
    );
  });
});
