import { takesDump } from "../config/restore-point";
import type { Settings } from "../config/settings";

/** What a bucket holds, how long, and how the services are told its name. */
export interface BucketSpec {
  /** Default name. */
  readonly name: string;
  /** Variable with the name; undefined for the bucket that no service in Kubernetes uses. */
  readonly variable?: string;
  /** Keep overwritten and deleted objects as noncurrent versions. */
  readonly versioned: boolean;
  /** Days until objects expire; undefined: never. */
  readonly expireAfterDays?: number;
  /** Days until noncurrent versions are removed; undefined: never. */
  readonly expireNoncurrentAfterDays?: number;
  /** Whether losing the bucket loses what disaster recovery needs, so that it survives a destroy. */
  readonly retainOnDestroy: boolean;
}

const bucket = (name: string, suffix: string): { readonly name: string; readonly variable: string } => ({
  name: `spacelift-${name}`,
  variable: `OBJECT_STORAGE_BUCKET_${suffix}`,
});

/**
 * The buckets of Spacelift: retention from the on-premises guide, what disaster recovery needs from the vendor's
 * recovery guide. States and modules never expire. A versioned bucket whose objects expire also drops its noncurrent
 * versions, without which an expiry frees nothing.
 */
export const bucketCatalogue = {
  deliveries: {
    ...bucket("deliveries", "DELIVERIES"),
    versioned: false,
    expireAfterDays: 1,
    retainOnDestroy: false,
  },
  largeQueueMessages: {
    ...bucket("large-queue-messages", "LARGE_QUEUE_MESSAGES"),
    versioned: false,
    expireAfterDays: 2,
    retainOnDestroy: false,
  },
  metadata: {
    ...bucket("metadata", "METADATA"),
    versioned: false,
    expireAfterDays: 2,
    retainOnDestroy: false,
  },
  modules: { ...bucket("modules", "MODULES"), versioned: true, retainOnDestroy: true },
  policyInputs: {
    ...bucket("policy-inputs", "POLICY_INPUTS"),
    versioned: true,
    expireAfterDays: 120,
    expireNoncurrentAfterDays: 1,
    retainOnDestroy: true,
  },
  runLogs: {
    ...bucket("run-logs", "RUN_LOGS"),
    versioned: true,
    expireAfterDays: 60,
    expireNoncurrentAfterDays: 1,
    retainOnDestroy: true,
  },
  states: { ...bucket("states", "STATES"), versioned: true, retainOnDestroy: true },
  uploads: {
    ...bucket("uploads", "UPLOADS"),
    versioned: true,
    expireAfterDays: 1,
    expireNoncurrentAfterDays: 1,
    retainOnDestroy: false,
  },
  userUploadedWorkspaces: {
    ...bucket("user-uploaded-workspaces", "USER_UPLOADED_WORKSPACES"),
    versioned: true,
    expireAfterDays: 1,
    expireNoncurrentAfterDays: 1,
    retainOnDestroy: false,
  },
  workspaces: {
    // The variable is singular, the bucket's name is not.
    ...bucket("workspaces", "WORKSPACE"),
    versioned: true,
    expireAfterDays: 90,
    expireNoncurrentAfterDays: 1,
    retainOnDestroy: false,
  },
  binaries: { name: "spacelift-binaries", versioned: true, retainOnDestroy: false },
  backups: {
    name: "spacelift-backups",
    versioned: true,
    expireAfterDays: 30,
    expireNoncurrentAfterDays: 1,
    retainOnDestroy: true,
  },
} as const satisfies Record<string, BucketSpec>;

export type BucketRole = keyof typeof bucketCatalogue;

/** What the operator may change about a bucket. */
export type BucketOverrides = Readonly<
  Partial<
    Record<
      BucketRole,
      | {
          readonly name?: string | undefined;
          readonly expireAfterDays?: number | undefined;
          readonly expireNoncurrentAfterDays?: number | undefined;
          readonly retainOnDestroy?: boolean | undefined;
        }
      | undefined
    >
  >
>;

/** A bucket of the plan: its role and everything about it. */
export interface PlannedBucket extends BucketSpec {
  readonly role: BucketRole;
}

/**
 * The buckets of one installation, in the order of the catalogue.
 *
 * @param overrides what the operator chose differently
 * @param withBinaries whether to include the bucket for workers outside Kubernetes
 * @param withBackups whether to include the bucket for dumps of the database. @default false
 */
export function planBuckets(
  overrides: BucketOverrides,
  withBinaries: boolean,
  withBackups = false,
): readonly PlannedBucket[] {
  const roles = Object.keys(bucketCatalogue) as BucketRole[];
  return roles
    .filter((role) => (role !== "binaries" || withBinaries) && (role !== "backups" || withBackups))
    .map((role) => {
      const chosen = Object.fromEntries(
        Object.entries(overrides[role] ?? {}).filter(([, value]) => value !== undefined),
      );
      return { ...bucketCatalogue[role], ...chosen, role };
    });
}

/** The buckets that settings ask for. */
export const bucketsOf = (
  settings: Pick<Settings, "target" | "upgrade" | "buckets">,
): readonly PlannedBucket[] =>
  planBuckets(settings.buckets, settings.buckets.createBinaries, takesDump(settings));

/** The command that lets browsers on Spacelift's page upload to a bucket of S3. */
export function corsCommand(endpoint: string, bucket: string, origin: string): string {
  const rule = { AllowedOrigins: [origin], AllowedMethods: ["PUT", "POST"], AllowedHeaders: ["*"] };
  const rules = JSON.stringify({ CORSRules: [rule] });
  return `aws --endpoint-url ${endpoint} s3api put-bucket-cors --bucket ${bucket} --cors-configuration '${rules}'`;
}
