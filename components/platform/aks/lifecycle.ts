import type { PlannedBucket } from "../../buckets";

/** A lifecycle rule as Azure takes it. */
export interface LifecycleRule {
  readonly name: string;
  readonly enabled: true;
  readonly type: "Lifecycle";
  readonly definition: {
    readonly filters: { readonly blobTypes: string[]; readonly prefixMatch: string[] };
    readonly actions: {
      readonly baseBlob: { readonly delete: { readonly daysAfterModificationGreaterThan: number } };
      readonly snapshot: { readonly delete: { readonly daysAfterCreationGreaterThan: number } };
      readonly version: { readonly delete: { readonly daysAfterCreationGreaterThan: number } };
    };
  };
}

/** Days that versions are kept of objects that expire by themselves, where nothing else is chosen. */
const defaultVersionDays = 1;

/**
 * The lifecycle rules of the containers, one for each that has a retention.
 *
 * Versioning holds for a whole storage account, so that a deletion only turns an object into a version: every container
 * whose objects expire also drops its versions, or nothing would ever be freed. States and modules have no expiry in the
 * plan, and so no rule here deletes them or their versions: Azure counts the days of a version from when it was written,
 * not from when another took its place, so that the only version before the present one could go the day after.
 * (Azure's documentation of lifecycle policies, daysAfterCreationGreaterThan.)
 */
export function lifecycleRules(buckets: readonly PlannedBucket[]): readonly LifecycleRule[] {
  return buckets.flatMap((bucket): LifecycleRule[] => {
    const { expireAfterDays, expireNoncurrentAfterDays, name } = bucket;
    if (expireAfterDays === undefined) return [];
    const old = {
      delete: { daysAfterCreationGreaterThan: expireNoncurrentAfterDays ?? defaultVersionDays },
    };
    return [
      {
        name: `expire-${name}`,
        enabled: true,
        type: "Lifecycle",
        definition: {
          // The slash keeps one container from matching another whose name begins with its own.
          filters: { blobTypes: ["blockBlob"], prefixMatch: [`${name}/`] },
          actions: {
            baseBlob: { delete: { daysAfterModificationGreaterThan: expireAfterDays } },
            snapshot: old,
            version: old,
          },
        },
      },
    ];
  });
}
