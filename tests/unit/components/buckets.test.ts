import assert from "node:assert/strict";
import { bucketCatalogue, planBuckets } from "../../../components/buckets";
import { bucketRoles, defaultBucketName } from "../../../config/sections/buckets";

describe("planBuckets", () => {
  const plan = planBuckets({}, true);
  const of = (role: string) => plan.find((bucket) => bucket.role === role);

  it("has the ten buckets of the guide, and the eleventh when asked", () => {
    assert.deepEqual(
      planBuckets({}, false).map(({ name }) => name),
      [
        "spacelift-deliveries",
        "spacelift-large-queue-messages",
        "spacelift-metadata",
        "spacelift-modules",
        "spacelift-policy-inputs",
        "spacelift-run-logs",
        "spacelift-states",
        "spacelift-uploads",
        "spacelift-user-uploaded-workspaces",
        "spacelift-workspaces",
      ],
    );
    assert.equal(plan.at(-1)?.name, "spacelift-binaries");
  });

  it("never expires states and modules", () => {
    assert.equal(of("states")?.expireAfterDays, undefined);
    assert.equal(of("modules")?.expireAfterDays, undefined);
    assert.equal(of("states")?.versioned, true);
  });

  it("reclaims the noncurrent versions of every versioned bucket whose objects expire", () => {
    const leaking = plan.filter(
      (bucket) =>
        bucket.versioned &&
        bucket.expireAfterDays !== undefined &&
        bucket.expireNoncurrentAfterDays === undefined,
    );
    assert.deepEqual(leaking, []);
  });

  it("keeps what disaster recovery needs", () => {
    const kept = plan.filter((bucket) => bucket.retainOnDestroy).map(({ role }) => role);
    assert.deepEqual(kept, ["modules", "policyInputs", "runLogs", "states"]);
  });

  it("takes what the operator chose, and leaves the rest", () => {
    const [runLogs] = planBuckets({ runLogs: { expireAfterDays: 7, name: undefined } }, false).filter(
      ({ role }) => role === "runLogs",
    );
    assert.deepEqual(runLogs, { ...bucketCatalogue.runLogs, role: "runLogs", expireAfterDays: 7 });
  });

  it("agrees with the configuration on roles and names", () => {
    const named = Object.entries(bucketCatalogue).map(([role, { name }]) => [role, name]);
    assert.deepEqual(
      named,
      bucketRoles.map((role) => [role, defaultBucketName(role)]),
    );
  });
});
