import assert from "node:assert/strict";
import { planBuckets } from "../../../../components/buckets";
import { storagePolicy } from "../../../../components/platform/onprem/storage-policy";

describe("storagePolicy", () => {
  const { Statement: statements } = JSON.parse(
    storagePolicy(planBuckets({ states: { name: "acme-states" } }, false)),
  ) as {
    Statement: { Effect: string; Action: string[]; Resource: string[] }[];
  };
  const allowed = (resource: string): readonly string[] =>
    statements.filter(({ Resource }) => Resource.includes(resource)).flatMap(({ Action }) => Action);

  it("speaks of Spacelift's buckets and no other", () => {
    const resources = statements.flatMap(({ Resource }) => Resource);
    assert.ok(
      resources.every((resource) =>
        /^arn:aws:s3:::(?:spacelift-[a-z-]+|acme-states)(?:\/\*)?$/.test(resource),
      ),
    );
    assert.equal(resources.length, 20);
  });

  it("allows nothing that manages buckets or users", () => {
    const actions = statements.flatMap(({ Action }) => Action);
    assert.deepEqual(
      actions.filter((action) => /\*|CreateBucket|DeleteBucket|PutBucket|PutLifecycle|admin:/.test(action)),
      [],
    );
  });

  it("lets states be read in every version and deleted, and run logs not be deleted", () => {
    assert.ok(allowed("arn:aws:s3:::acme-states").includes("s3:ListBucketVersions"));
    assert.ok(allowed("arn:aws:s3:::acme-states/*").includes("s3:GetObjectVersion"));
    assert.ok(allowed("arn:aws:s3:::acme-states/*").includes("s3:DeleteObject"));
    assert.ok(!allowed("arn:aws:s3:::spacelift-run-logs/*").includes("s3:DeleteObject"));
  });
});
