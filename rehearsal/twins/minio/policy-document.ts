import type { Failure } from "../framework";

const VERBS = "Get|Put|Delete|List|Abort|Replicate|Restore|Create|Head|Bypass|ForceDelete|Reset|Listen";
const KNOWN_ACTIONS: ReadonlySet<string> = new Set(
  [
    "AbortMultipartUpload CreateBucket DeleteBucket ForceDeleteBucket DeleteBucketPolicy DeleteBucketCors DeleteObject",
    "GetBucketLocation GetBucketNotification GetBucketPolicy GetBucketCors GetObject GetObjectAttributes HeadBucket",
    "ListAllMyBuckets ListBucket GetBucketPolicyStatus ListBucketVersions ListBucketMultipartUploads",
    "ListenNotification ListenBucketNotification ListMultipartUploadParts PutLifecycleConfiguration",
    "GetLifecycleConfiguration PutBucketNotification PutBucketPolicy PutBucketCors PutObject DeleteObjectVersion",
    "DeleteObjectVersionTagging GetObjectVersion GetObjectVersionAttributes GetObjectVersionTagging",
    "PutObjectVersionTagging BypassGovernanceRetention PutObjectRetention GetObjectRetention GetObjectLegalHold",
    "PutObjectLegalHold GetBucketObjectLockConfiguration PutBucketObjectLockConfiguration GetBucketTagging",
    "PutBucketTagging GetObjectTagging PutObjectTagging DeleteObjectTagging PutEncryptionConfiguration",
    "GetEncryptionConfiguration PutBucketVersioning GetBucketVersioning GetReplicationConfiguration",
    "PutReplicationConfiguration ReplicateObject ReplicateDelete ReplicateTags GetObjectVersionForReplication",
    "RestoreObject ResetBucketReplicationState PutObjectFanOut",
  ].flatMap((line) => line.split(" ")),
);

/** Checks that a text is a policy document with statements; what the provider itself can tell. */
export function checkDocument(text: string, property: string): Failure[] {
  const parsed = parse(text);
  if (parsed === undefined) return [{ property, reason: `"${property}" contains an invalid JSON policy` }];
  return statementsOf(parsed).length > 0 ? [] : [{ property, reason: `"${property}" has no Statement` }];
}

/** Says why the object store would refuse a policy document, or nothing; it knows actions and resources. */
export function refusalOf(text: string): string | undefined {
  for (const statement of statementsOf(parse(text) ?? {})) {
    const { Effect: effect, Action: action, Resource: resource } = statement;
    if (effect !== "Allow" && effect !== "Deny") return `invalid Effect '${String(effect)}'`;
    const actions = listOf(action);
    if (actions.length === 0) return "Action must not be empty";
    const unknown = actions.find((name) => !isKnownAction(name));
    if (unknown !== undefined) return `unsupported action '${unknown}'`;
    const resources = listOf(resource);
    if (resources.length === 0 && actions.some((name) => name.startsWith("s3:")))
      return "Resource must not be empty";
    const foreign = resources.find((name) => !/^arn:aws:s3:::[^/]/.test(name));
    if (foreign !== undefined) return `invalid resource '${foreign}'`;
  }
  return undefined;
}

function isKnownAction(name: string): boolean {
  if (/^(\*|s3:\*|admin:[A-Z*]\w*\*?|kms:\w*\*?|sts:\w*\*?)$/.test(name)) return true;
  if (!name.startsWith("s3:")) return false;
  const action = name.slice("s3:".length);
  return KNOWN_ACTIONS.has(action) || new RegExp(`^(${VERBS})\\w*\\*$`).test(action);
}

function parse(text: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

interface Statement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly Resource?: unknown;
}

function statementsOf(document: object): Statement[] {
  const found: unknown = "Statement" in document ? document.Statement : undefined;
  const statements: unknown[] = Array.isArray(found) ? found : [found];
  return statements.filter(
    (statement): statement is Statement => typeof statement === "object" && statement !== null,
  );
}

function listOf(value: unknown): string[] {
  if (value === undefined) return [];
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item) => (typeof item === "string" ? item : JSON.stringify(item)));
}
