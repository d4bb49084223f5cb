import assert from "node:assert/strict";
import {
  busyUntil,
  isStandingInTheWay,
  recoveryDescription,
  type ReleaseEvidence,
  remedyFor,
  type WantedRelease,
} from "../../../../components/cluster/release-recovery";

const begun = new Date("2026-01-02T03:00:00Z");
const after = (seconds: number): Date => new Date(begun.getTime() + seconds * 1000);

const wanted: WantedRelease = {
  operation: "create",
  name: "spacelift",
  namespace: "spacelift",
  chart: "spacelift-self-hosted",
  version: "v0.62.0",
  values: { shared: { image: "a", extra: null }, list: [{ b: 1, a: 2 }] },
  timeoutSeconds: 1200,
};

const evidence = (
  status: string,
  seconds: number,
  changes: Partial<Omit<ReleaseEvidence, "newest">> & { readonly newest?: object } = {},
): ReleaseEvidence => ({
  older: [],
  progress: "unready",
  readySeconds: 0,
  watchedSeconds: 0,
  now: after(seconds),
  ...changes,
  newest: {
    name: "spacelift",
    revision: 1,
    status,
    updated: begun.toISOString(),
    chart: { name: "spacelift-self-hosted", version: "0.62.0" },
    manifest: "",
    secretName: "sh.helm.release.v1.spacelift.v1",
    resourceVersion: "1",
    values: { list: [{ a: 2, b: 1 }], shared: { image: "a" } },
    hasHooks: false,
    ...changes.newest,
  },
});

describe("release recovery", () => {
  // The words are Helm 3.22's: pkg/action/install.go, pkg/action/action.go (errPending), pkg/storage/driver/driver.go.
  it("knows Helm's refusals, each for its operation", () => {
    assert.ok(isStandingInTheWay("create", "cannot re-use a name that is still in use"));
    const pending = "another operation (install/upgrade/rollback) is in progress";
    assert.ok(isStandingInTheWay("update", pending));
    assert.ok(isStandingInTheWay("update", '"spacelift" has no deployed releases'));
    assert.ok(!isStandingInTheWay("create", "timed out waiting for the condition"));
    assert.ok(!isStandingInTheWay("update", "timed out waiting for the condition"));
  });

  describe("whoever holds a release", () => {
    const until = (held: ReleaseEvidence): number | undefined => {
      const date = busyUntil(held, 1200);
      return date && (date.getTime() - begun.getTime()) / 1000;
    };

    it("holds nothing that has ended", () => {
      for (const status of ["deployed", "failed", "superseded"])
        assert.equal(until(evidence(status, 10)), undefined, status);
    });

    it("may be at it until its time limit is over, and a minute", () => {
      for (const status of ["pending-install", "pending-upgrade", "pending-rollback", "uninstalling"]) {
        assert.equal(until(evidence(status, 1259)), 1260, status);
        assert.equal(until(evidence(status, 1260)), undefined, status);
      }
    });

    it("is not waited for longer than its time limit when its clock was ahead of this one", () => {
      assert.equal(until(evidence("pending-upgrade", -10_800)), -10_800 + 1260);
      assert.equal(until(evidence("pending-upgrade", -10_800, { watchedSeconds: 1_000 })), -10_800 + 260);
      assert.equal(until(evidence("pending-upgrade", -10_800, { watchedSeconds: 1_260 })), undefined);
      const missing = { progress: "missing" as const, watchedSeconds: 120 };
      assert.equal(until(evidence("pending-install", -10_800, missing)), undefined);
    });

    it("is gone when all it waits for has been there for longer than Helm looks", () => {
      const ready = { progress: "ready" as const, readySeconds: 15 };
      assert.equal(until(evidence("pending-upgrade", 60, ready)), undefined);
      assert.equal(until(evidence("pending-upgrade", 59, ready)), 1260);
      assert.equal(until(evidence("pending-upgrade", 60, { ...ready, readySeconds: 14 })), 1260);
      assert.equal(until(evidence("pending-upgrade", 60, { ...ready, progress: "unknown" })), 1260);
    });

    it("is gone when what it should have created at once is still missing", () => {
      assert.equal(until(evidence("pending-install", 120, { progress: "missing" })), undefined);
      assert.equal(until(evidence("pending-install", 119, { progress: "missing" })), 1260);
    });

    it("may be in a hook of the chart, or removing what is missing", () => {
      const ready = { progress: "ready" as const, readySeconds: 600, newest: { hasHooks: true } };
      assert.equal(until(evidence("pending-upgrade", 600, ready)), 1260);
      assert.equal(until(evidence("uninstalling", 600, { progress: "missing" })), 1260);
      // Counted from when the removal began.
      const removed = { newest: { removed: after(1000).toISOString() } };
      assert.equal(until(evidence("uninstalling", 1500, removed)), 2260);
    });
  });

  describe("remedy", () => {
    it("waits for whoever holds the release", () => {
      const remedy = remedyFor(wanted, evidence("pending-install", 30));
      assert.deepEqual(remedy, { kind: "wait", until: after(1260) });
    });

    it("records an unfinished update as failed", () => {
      const update = { ...wanted, operation: "update" as const };
      assert.deepEqual(remedyFor(update, evidence("pending-upgrade", 1300)), { kind: "mark-failed" });
      assert.deepEqual(remedyFor(update, evidence("uninstalling", 1300)), { kind: "mark-failed" });
    });

    it("forgets an installation that never came up, whatever its values", () => {
      const dead = evidence("pending-install", 1300, { newest: { values: { other: true } } });
      assert.deepEqual(remedyFor(wanted, dead), { kind: "forget" });
      assert.deepEqual(remedyFor(wanted, evidence("failed", 10)), { kind: "forget" });
    });

    it("takes over a running release as it is", () => {
      assert.deepEqual(remedyFor(wanted, evidence("deployed", 10, { progress: "ready" })), {
        kind: "forget",
      });
      const dead = evidence("pending-install", 1300, { progress: "ready" });
      assert.deepEqual(remedyFor(wanted, dead), { kind: "forget" });
    });

    it("risks no running release: an installation that fails would be taken away with its pods", () => {
      const problemOf = (held: ReleaseEvidence, asked = wanted): string => {
        const remedy = remedyFor(asked, held);
        assert.ok(remedy.kind === "refuse");
        return remedy.problem;
      };
      const ready = { progress: "ready" as const };
      const other = { ...ready, newest: { values: { shared: { image: "planted" }, list: [] } } };
      assert.match(
        problemOf(evidence("deployed", 10, other)),
        /something else: values\.list, values\.shared\.image$/,
      );
      assert.doesNotMatch(problemOf(evidence("deployed", 10, other)), /planted/);
      const version = { ...wanted, version: "0.63.0" };
      assert.match(problemOf(evidence("deployed", 10, ready), version), /version 0\.62\.0 of the chart/);
      assert.match(problemOf(evidence("deployed", 10)), /not all of its pods are ready/);
      const upgraded = { older: [{ secretName: "", revision: 1, status: "superseded" }] };
      assert.match(problemOf(evidence("failed", 10, upgraded)), /not all of its pods are ready/);
      const foreign = { ...ready, newest: { chart: { name: "other", version: "0.62.0" } } };
      assert.match(problemOf(evidence("deployed", 10, foreign)), /is of another chart, other/);
    });

    it("knows a chart by its repository, its archive or its folder", () => {
      const same = (chart: string): string => remedyFor({ ...wanted, chart }, evidence("failed", 10)).kind;
      assert.equal(same("oci://registry.example.com/charts/spacelift-self-hosted"), "forget");
      assert.equal(same("/charts/spacelift-self-hosted-0.62.0.tgz"), "forget");
      assert.equal(same("./charts/any-folder"), "forget");
      assert.equal(same("oci://registry.example.com/charts/traefik"), "refuse");
    });
  });

  it("describes a release that was left in the middle, and leaves the description from there on", () => {
    const described = (status: string, description?: string): string | undefined =>
      recoveryDescription({ revision: 7, status, ...(description !== undefined && { description }) });
    assert.equal(recoveryDescription(undefined), undefined);
    assert.equal(described("deployed", "Upgrade complete"), undefined);
    const mark = "Recovered: revision 7 had been left pending-upgrade";
    assert.equal(described("pending-upgrade", "Preparing upgrade"), mark);
    assert.equal(described("deployed", mark), mark);
    assert.equal(described("failed"), "Recovered: revision 7 had been left failed");
  });
});
