import { type PlannedBucket, planBuckets } from "../components/buckets";

/** A statement of a policy of MinIO. */
export interface MinioStatement {
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  /** Buckets as ARNs; undefined for administrative actions, which MinIO does not restrict to anything. */
  readonly Resource?: readonly string[];
}

/**
 * What is done to each bucket. Sources: terraform-provider-minio 1.20.1 (`resource_minio_s3_bucket.go`,
 * `resource_minio_s3_bucket_versioning.go`, `resource_minio_ilm_policy.go`) and the command that empties a bucket for
 * what is asked, MinIO's `bucket-handlers.go` and its like for the action that each request takes.
 */
const bucketActions = [
  "s3:CreateBucket",
  "s3:DeleteBucket",
  "s3:ForceDeleteBucket",
  // A rule that may not be read counts as one that is missing.
  "s3:GetBucketVersioning",
  "s3:GetLifecycleConfiguration",
  // To see whether it exists; reads no objects.
  "s3:ListBucket",
  "s3:PutBucketVersioning",
  // Deletes rules, too.
  "s3:PutLifecycleConfiguration",
];

/**
 * What is done for the services' user, its group and policy. Sources: `resource_minio_iam_*.go` of the same provider, and
 * MinIO's `admin-handlers-users.go`, to which a group is made, emptied and deleted by one action.
 */
const userActions = [
  "admin:AddUserToGroup",
  "admin:AttachUserOrGroupPolicy",
  "admin:CreatePolicy",
  "admin:CreateUser",
  "admin:DeletePolicy",
  "admin:DeleteUser",
  "admin:EnableGroup",
  "admin:GetGroup",
  "admin:GetPolicy",
  "admin:GetUser",
];

/** What the user that deploys needs of MinIO to create, change and destroy, and no more. */
export function minioStatements({
  buckets,
  createBuckets,
  createUser,
}: {
  readonly buckets: readonly PlannedBucket[];
  readonly createBuckets: boolean;
  readonly createUser: boolean;
}): readonly MinioStatement[] {
  const resources = buckets.map(({ name }) => `arn:aws:s3:::${name}`);
  return [
    ...(createBuckets ? [{ Effect: "Allow", Action: bucketActions, Resource: resources } as const] : []),
    ...(createUser ? [{ Effect: "Allow", Action: userActions } as const] : []),
  ];
}

/** A policy for the user that deploys, in the form that `mc admin policy create` takes: for all buckets by their usual names. */
export const minioPolicy = (): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: minioStatements({
      buckets: planBuckets({}, true, true),
      createBuckets: true,
      createUser: true,
    }),
  });
