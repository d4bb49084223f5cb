import assert from "node:assert/strict";
import { goBuildTimeout } from "../live/ground/go-programs";
import { conform } from "../live/scan/kubeconform/scan";
import type { Manifest } from "../../rehearsal/twins/kubernetes/api/manifest";
import { scratchFolder } from "../support/scratch";
import { needsCharts } from "./support/chart-folder";
import { ClusterView } from "./support/cluster-view";
import { planner } from "./support/planned";
import { covering, scenarios } from "./support/scenarios";

// The API server of `accepted.test.ts` is of the oldest Kubernetes that is supported; these schemas are of the newest.
// Nothing is justified here, for nothing is found: neither an object against its schema nor a kind without one.
describe("kubeconform on what the charts and the program make", function () {
  this.timeout(goBuildTimeout);
  needsCharts();
  const plan = planner();
  const folder = scratchFolder();

  for (const { title, config } of scenarios) {
    it(`finds nothing: ${title}`, async () => {
      const { objects } = await ClusterView.of(await plan(config()), folder());
      const { valid, invalid, unknown } = await conform(objects, folder());
      assert.deepEqual(invalid, []);
      assert.deepEqual(unknown, []);
      assert.equal(valid.length, objects.length);
    });
  }

  it("would find one misspelt field in the whole, be it of a chart, of the program or of a custom resource", async () => {
    const everything = covering[1];
    assert.ok(everything);
    const { objects } = await ClusterView.of(await plan(everything.config()), folder());
    for (const [kind, name] of [
      ["Deployment", "traefik"],
      ["NetworkPolicy", "server"],
      ["WorkerPool", "default"],
      ["ClusterIssuer", "spacelift-ca"],
    ]) {
      const isMeant = (object: Manifest): boolean => object.kind === kind && object.metadata.name === name;
      assert.equal(objects.filter(isMeant).length, 1, `${kind} ${name}`);
      const misspelt = objects.map((object) =>
        isMeant(object) ? { ...object, spec: { ...(object["spec"] as object), misspelt: true } } : object,
      );
      const { invalid } = await conform(misspelt, folder());
      assert.equal(invalid.length, 1, invalid.join("\n"));
      assert.match(invalid[0] ?? "", new RegExp(`^${kind} ${name}: .*misspelt`, "s"));
    }
  });
});
