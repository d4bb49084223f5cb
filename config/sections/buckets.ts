import { z } from "zod";
import { bucketName, days, field } from "../formats";

/** The ten buckets Spacelift needs and the optional ones for workers outside Kubernetes and for dumps, by their role. */
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
  "backups",
] as const;

export type BucketRole = (typeof bucketRoles)[number];

/** Name of a bucket unless another is chosen: the role in kebab-case behind `spacelift-`. */
export const defaultBucketName = (role: BucketRole): string =>
  `spacelift-${role.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const bucket = (role: BucketRole) =>
  z
    .strictObject({
      name: field(bucketName.default(defaultBucketName(role)), "Name of the bucket."),
      expireAfterDays: field(
        days.optional(),
        "Days after which objects expire. Refused for states and modules, which are never expired.",
        60,
      ),
      expireNoncurrentAfterDays: field(
        days.optional(),
        "Days after which overwritten or deleted versions are removed from a versioned bucket. Refused on Azure for states, modules and binaries, as Azure counts from when a version was written.",
        30,
      ),
      retainOnDestroy: field(
        z.boolean().optional(),
        "Leave the bucket and its objects behind on destroy. Default: states, modules, run logs, policy inputs and backups.",
        true,
      ),
    })
    .prefault({});

type BucketShape = { readonly [Role in BucketRole]: ReturnType<typeof bucket> };

// `fromEntries` forgets which keys there are: all roles.
const bucketShape = Object.fromEntries(bucketRoles.map((role) => [role, bucket(role)])) as BucketShape;

/** `spacelift:buckets`: names, retention and what survives a destroy, per bucket. */
export const buckets = z.strictObject({
  ...bucketShape,
  createBinaries: field(
    z.boolean().default(false),
    "Also make `spacelift-binaries`, which only workers outside Kubernetes use.",
  ),
});
