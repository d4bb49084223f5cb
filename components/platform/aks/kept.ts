import type { Kept } from "../platform";
import type { AksPlatformArgs } from "./args";

/** What a destroy leaves behind while data is protected, and how to be rid of it. */
export function keptData(args: AksPlatformArgs): readonly Kept[] {
  const remove = "pulumi config set spacelift:protectData false, then pulumi up";
  const kept = [];
  if (!("url" in args.database)) kept.push("the PostgreSQL server with its database and backups");
  if (!("id" in args.storage)) kept.push("the storage account");
  kept.push(
    ...args.buckets
      .filter((bucket) => bucket.retainOnDestroy)
      .map(({ name }) => `container ${name} with its objects`),
  );
  if (args.resourceGroup.create)
    kept.push(`resource group ${args.resourceGroup.name} and what these need in it`);
  return kept.map((what) => ({ what, remove }));
}
