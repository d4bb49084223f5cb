import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { supportedKubernetesVersions } from "../../../config/aks/rules/cluster";
import type { Manifest } from "../../../rehearsal/twins/kubernetes/api/manifest";
import { planner } from "../../charts/support/planned";
import { configuredAks } from "../../support/azure-configurations";
import { configured } from "../../support/configurations";
import { scratchFolder } from "../../support/scratch";
import { goBuildTimeout } from "../ground/go-programs";
import { kubernetesOpenApi } from "../ground/programs";
import { conform } from "./kubeconform/scan";

/** Kinds whose definitions come with charts: `npm run test:charts` validates objects of theirs together with those. */
const definedByCharts = ["ClusterIssuer", "Issuer", "WorkerPool"];

const deployment = (spec: object): Manifest => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "planted" },
  spec: {
    selector: { matchLabels: { app: "planted" } },
    template: {
      metadata: { labels: { app: "planted" } },
      spec: { containers: [{ name: "planted", image: "planted:1" }], ...spec },
    },
  },
});

describe("kubeconform on the objects that the program makes itself", function () {
  this.timeout(goBuildTimeout);
  const plan = planner();
  const folder = scratchFolder();

  for (const [title, config] of Object.entries({
    "on-premises": configured({}),
    AKS: configuredAks({}),
  })) {
    it(`finds nothing: ${title}`, async () => {
      const { objects } = await plan(config);
      const { valid, invalid, unknown } = await conform(objects, folder());
      assert.deepEqual(invalid, []);
      assert.deepEqual(
        unknown.filter((kind) => !definedByCharts.includes(kind)),
        [],
      );
      const kinds = new Set(valid.map((each) => each.split(" ")[0]));
      for (const kind of ["Namespace", "NetworkPolicy", "PodDisruptionBudget", "Secret"])
        assert.ok(kinds.has(kind), kind);
    });
  }

  // Ports and quantities may be numbers or texts, and null is absent: no more is let through.
  it("would find a field that there is not, a value of another type, and what is missing", async () => {
    const { valid, invalid } = await conform(
      [
        deployment({ hostNetwork: null }),
        deployment({ hostNetwrok: true }),
        deployment({ hostNetwork: "yes" }),
        { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "planted" }, spec: {} },
      ],
      folder(),
    );
    assert.deepEqual(valid, ["Deployment planted"]);
    assert.equal(invalid.length, 3);
    assert.match(invalid.join("\n"), /hostNetwrok/);
    assert.match(invalid.join("\n"), /hostNetwork.*boolean/);
    assert.match(invalid.join("\n"), /missing properties/);
  });

  it("is held against the newest version that a cluster on Azure may have", async () => {
    const file = join(__dirname, "../ground/modules", kubernetesOpenApi.folder, "go.mod");
    const newest = supportedKubernetesVersions.at(-1) ?? "";
    assert.match(await readFile(file, "utf8"), new RegExp(`^require k8s.io/kubernetes v${newest}\\.`, "m"));
  });
});
