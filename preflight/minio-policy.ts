import { z } from "zod";
import type { MinioStatement } from "./minio-rights";

const texts = z.array(z.string()).default([]);

const statement = z.object({
  Effect: z.enum(["Allow", "Deny"]),
  Action: texts,
  NotAction: texts,
  Resource: texts,
  NotResource: texts,
  Condition: z.record(z.string(), z.unknown()).optional(),
});

type Statement = z.infer<typeof statement>;

/** What MinIO's `accountinfo` says of whoever asks: the policy that comes of all that are attached to a user and its groups. */
export const accountInfo = z.object({
  Policy: z.object({
    Statement: z
      .array(statement)
      .nullish()
      .transform((statements) => statements ?? []),
  }),
});

const ARN = "arn:aws:s3:::";

/** Whether a text is what a pattern with `*` and `?` means; a variable (`${aws:username}`) may be anything. */
function matches(pattern: string, value: string): boolean {
  const parts = pattern.split(/(\*|\?|\$\{[^}]*\})/).map((part, index) => {
    if (index % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return part === "?" ? "." : ".*";
  });
  return new RegExp(`^${parts.join("")}$`, "s").test(value);
}

// A bucket is `name/` to MinIO, so that a pattern for all of its objects is one for the bucket as well.
const isBucket = (pattern: string, bucket: string): boolean =>
  pattern === bucket || matches(pattern, `${bucket}/`);

function appliesTo(
  { Action, NotAction, Resource, NotResource }: Statement,
  action: string,
  bucket?: string,
): boolean {
  const isAction = (pattern: string): boolean => matches(pattern, action);
  if (NotAction.length > 0 ? NotAction.some(isAction) : !Action.some(isAction)) return false;
  // MinIO does not hold administrative actions against resources.
  if (bucket === undefined) return true;
  const isMeant = (pattern: string): boolean => isBucket(pattern, bucket);
  return NotResource.length > 0 ? !NotResource.some(isMeant) : Resource.some(isMeant);
}

/** Whether statements allow an action. What depends on a condition is taken for allowed, as it may be when it is asked for. */
function allows(statements: readonly Statement[], action: string, bucket?: string): boolean {
  const applying = statements.filter((each) => appliesTo(each, action, bucket));
  return (
    applying.some(({ Effect }) => Effect === "Allow") &&
    !applying.some(({ Effect, Condition = {} }) => Effect === "Deny" && Object.keys(Condition).length === 0)
  );
}

/** Those of the wanted rights that a policy does not give: an action, with the buckets that it is missing for. */
export function missingRights(
  given: readonly Statement[],
  wanted: readonly MinioStatement[],
): readonly { readonly action: string; readonly buckets: readonly string[] }[] {
  return wanted.flatMap(({ Action, Resource }) =>
    Action.flatMap((action) => {
      if (Resource === undefined) return allows(given, action) ? [] : [{ action, buckets: [] }];
      const buckets = Resource.map((arn) => arn.slice(ARN.length)).filter(
        (name) => !allows(given, action, `${ARN}${name}`),
      );
      return buckets.length === 0 ? [] : [{ action, buckets }];
    }),
  );
}
