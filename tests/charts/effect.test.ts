import assert from "node:assert/strict";
import { needsCharts } from "./support/chart-folder";
import { scenarios } from "./support/scenarios";
import { render } from "./support/helm";
import { changedAt, leaves, other } from "./support/leaves";
import { planner, type PlannedRelease } from "./support/planned";
import { scratchFolder } from "../support/scratch";

// Held against the charts themselves: a key that no template reads changes nothing in what Helm renders.
describe("values of the charts", function () {
  this.timeout(10 * 60_000);
  needsCharts();
  const plan = planner();
  const folder = scratchFolder();

  /** The values of a release that the chart does not read. */
  async function idle(release: PlannedRelease): Promise<string[]> {
    const before = await render(release, folder(), { hooks: true });
    assert.ok("objects" in before, `${release.name}: ${JSON.stringify(before)}`);
    const found: string[] = [];
    for (const path of leaves(release.values)) {
      const values = changedAt(release.values, path, other) as object;
      const after = await render(release, folder(), { values, hooks: true });
      // A value that the chart refuses is one that it reads.
      if ("objects" in after && JSON.stringify(after.objects) === JSON.stringify(before.objects)) {
        found.push(path.join("."));
      }
    }
    return found;
  }

  for (const { title, config } of scenarios.filter(({ effect }) => effect)) {
    it(`each has an effect: ${title}`, async () => {
      const { releases } = await plan(config());
      for (const release of releases) assert.deepEqual(await idle(release), [], release.name);
    });
  }
});
