import assert from "node:assert/strict";
import semver from "semver";
import {
  chartFacts,
  chartsOf,
  hasFeature,
  isNewerChart,
  isNewerRelease,
  newestRelease,
  recurringWork,
  type ReleaseFeature,
  sinceRelease,
} from "../../../config/versions";

/** What the vendor says of releases: the changelog, the guides and pull request 154 of the charts' repository. */
const facts: readonly {
  release: string;
  chart: string;
  features: readonly ReleaseFeature[];
  cron: string;
}[] = [
  { release: "v3.0.0", chart: "0.62.0", features: [], cron: "scheduler" },
  { release: "v3.3.9", chart: "0.62.0", features: [], cron: "scheduler" },
  { release: "v3.4.0", chart: "0.62.0", features: ["vcsGateway"], cron: "scheduler" },
  { release: "v3.7.0", chart: "0.62.0", features: ["vcsGateway", "autoRegistration"], cron: "scheduler" },
  { release: "v5.1.1", chart: "0.62.0", features: ["vcsGateway", "autoRegistration"], cron: "scheduler" },
  { release: "v6.2.3", chart: "0.62.0", features: ["vcsGateway", "autoRegistration"], cron: "scheduler" },
  {
    release: "v6.3.0",
    chart: "0.71.0",
    features: ["vcsGateway", "autoRegistration", "longPollWorkers"],
    cron: "scheduler",
  },
  {
    release: "v6.4.0",
    chart: "0.71.0",
    features: ["vcsGateway", "autoRegistration", "longPollWorkers"],
    cron: "drain",
  },
  {
    release: "v9.0.0",
    chart: "0.71.0",
    features: ["vcsGateway", "autoRegistration", "longPollWorkers"],
    cron: "drain",
  },
];
const features: readonly ReleaseFeature[] = ["vcsGateway", "autoRegistration", "longPollWorkers"];

describe("the table of releases and charts", () => {
  for (const { release, chart, features: expected, cron } of facts) {
    it(`knows what ${release} gets`, () => {
      const { spacelift, workerController } = chartsOf(release);
      assert.deepEqual([spacelift.version, workerController.version], [chart, chart]);
      assert.deepEqual(
        features.filter((feature) => hasFeature(release, feature)),
        expected,
      );
      assert.equal(recurringWork(release), cron);
    });
  }

  it("takes the tag of a private build as the newest release", () => {
    assert.equal(chartsOf("nightly").spacelift.version, chartFacts.spacelift.newest);
    assert.equal(recurringWork("nightly"), "drain");
    assert.equal(isNewerRelease("nightly"), false);
  });

  it("gives no release a chart that lacks what the release has", () => {
    for (const { release } of facts) {
      const { spacelift, workerController } = chartsOf(release);
      if (hasFeature(release, "vcsGateway"))
        assert.ok(semver.gte(spacelift.version, chartFacts.spacelift.vcsGateway), release);
      if (hasFeature(release, "autoRegistration"))
        assert.ok(semver.gte(workerController.version, chartFacts.workerController.oldest), release);
      assert.ok(!isNewerChart("spacelift", spacelift.version), release);
    }
  });

  it("tells the drain to schedule only where it can and where nobody knows whether the chart does", () => {
    assert.equal(recurringWork("v6.2.0", "0.99.0"), "drainWhenTold");
    assert.equal(recurringWork("v6.3.9", "v0.99.0"), "drainWhenTold");
    assert.equal(recurringWork("v6.3.9", "0.62.0"), "scheduler");
    // Before, nothing but the scheduler could; from v6.4.0 on nothing but the drain does.
    assert.equal(recurringWork("v6.1.0", "0.99.0"), "scheduler");
    assert.equal(recurringWork("v6.4.0", "0.62.0"), "drain");
  });

  it("tells a release it does not know by its minor version", () => {
    assert.equal(isNewerRelease(`v${newestRelease}`), false);
    assert.equal(isNewerRelease("v6.5.7"), false);
    assert.equal(isNewerRelease("v6.6.0"), true);
    assert.equal(isNewerRelease("v7.0.0"), true);
  });

  it("names the release a feature came with", () => {
    assert.deepEqual(features.map(sinceRelease), ["v3.4.0", "v3.7.0", "v6.3.0"]);
  });
});
