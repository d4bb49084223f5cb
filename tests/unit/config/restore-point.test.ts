import assert from "node:assert/strict";
import { planRestorePoint, restorePointName, takesRestorePoint } from "../../../config/restore-point";

const now = new Date("2026-03-10T12:00:00Z");
const taken = (before: string, takenAt: string) => ({ before, name: `before-${before}`, takenAt });

describe("the restore point of an upgrade", () => {
  const plan = (
    deployed: Parameters<typeof planRestorePoint>[0],
    options: { readonly takes?: boolean; readonly keptDays?: number | undefined } = {},
  ): string | undefined =>
    planRestorePoint(deployed, "v4.1.0", { takes: true, keptDays: 7, now, ...options })?.before;

  it("is taken before another release alone", () => {
    assert.equal(plan(undefined), undefined);
    assert.equal(plan({ version: "v4.1.0" }), undefined);
    assert.equal(plan({ version: "v4.0.0" }), "v4.1.0");
    assert.equal(plan({ version: "v4.0.0" }, { takes: false }), undefined);
  });

  it("stays that of the last upgrade, until the platform has removed it", () => {
    const deployed = (takenAt: string) => ({ version: "v4.1.0", restorePoint: taken("v4.1.0", takenAt) });
    assert.equal(plan(deployed("2026-03-03T12:00:00Z")), "v4.1.0");
    assert.equal(plan(deployed("2026-03-03T11:59:59Z")), undefined);
    assert.equal(plan(deployed("2020-01-01T00:00:00Z"), { keptDays: undefined }), "v4.1.0");
    // Azure need not say when a backup was complete.
    assert.equal(plan(deployed("")), "v4.1.0");
    // One that is there stays when no more are to be taken.
    assert.equal(plan(deployed("2026-03-09T12:00:00Z"), { takes: false }), "v4.1.0");
  });

  it("is taken anew for the next release, whatever the last one left", () => {
    const restorePoint = taken("v4.0.0", "2026-03-09T12:00:00Z");
    assert.equal(plan({ version: "v4.0.0", restorePoint }), "v4.1.0");
    // A release that was given up: what is deployed is the one before it.
    assert.equal(
      plan({ version: "v4.1.0", restorePoint: taken("v5.0.0", "2026-03-09T12:00:00Z") }),
      undefined,
    );
  });

  it("is taken where the platform can, unless it is switched off", () => {
    const takes = (tier: string, backup?: boolean, kind = "new"): boolean =>
      takesRestorePoint(
        { target: "aks", upgrade: { backup } },
        { database: { kind, tier } as NonNullable<Parameters<typeof takesRestorePoint>[1]>["database"] },
      );
    assert.equal(takes("GeneralPurpose"), true);
    assert.equal(takes("GeneralPurpose", false), false);
    assert.equal(takes("Burstable"), false);
    assert.equal(takes("GeneralPurpose", undefined, "existing"), false);
    assert.equal(takesRestorePoint({ target: "onprem", upgrade: {} }, undefined), false);
    assert.equal(takesRestorePoint({ target: "onprem", upgrade: { backup: true } }, undefined), true);
  });

  it("has the release in names as names can have it", () => {
    assert.equal(restorePointName("v4.1.0"), "before-v4-1-0");
    assert.equal(restorePointName("Nightly_2026.03"), "before-nightly-2026-03");
  });
});
