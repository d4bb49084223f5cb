import { z } from "zod";
import { bucketName, days, field } from "../formats";

/** The ten buckets Spacelift needs and the optional one for workers outside Kubernetes, by their role. */
export const bucketRoles = [
  "deliveries",
  "largeQueueMessages",
  "metadata",
  "modules",
  "policyInputs",
  "runLogs",
  "states",
  "uploads",
  "userUploadedWorkspaces",
  "workspaces",
  "binaries",
] as const;

/** What a bucket is for. */
export type BucketRole = (typeof bucketRoles)[number];

const bucket = z
  .strictObject({
    name: field(bucketName.optional(), "Name, when it is not `spacelift-…`.", "acme-spacelift-states"),
    expireAfterDays: field(
      days.optional(),
      "Days after which objects expire. Refused for states and modules, which are never expired.",
      60,
    ),
    expireNoncurrentAfterDays: field(
      days.optional(),
      "Days after which overwritten or deleted versions are removed from a versioned bucket.",
      30,
    ),
    retainOnDestroy: field(
      z.boolean().optional(),
      "Leave the bucket and its objects behind on destroy. Default: states, modules, run logs and policy inputs.",
      true,
    ),
  })
  .optional();

const bucketShape = Object.fromEntries(bucketRoles.map((role) => [role, bucket])) as Record<
  BucketRole,
  typeof bucket
>;

/** `spacelift:buckets`: names, retention and what survives a destroy, per bucket. */
export const buckets = z.strictObject({
  ...bucketShape,
  createBinaries: field(
    z.boolean().default(false),
    "Also make `spacelift-binaries`, which only workers outside Kubernetes use.",
  ),
});
