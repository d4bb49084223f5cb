import type { BucketRole, PlannedBucket } from "../../buckets";

const read = ["s3:GetObject"];
const write = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"];
const list = ["s3:ListBucket"];
const remove = ["s3:DeleteObject"];
const tag = ["s3:PutObjectTagging"];

/**
 * What the services do with each bucket: the union of the vendor's policies for the server and the drain on AWS; and what
 * writes dumps of the database with the same credentials.
 */
const actions: Readonly<Record<BucketRole, readonly string[]>> = {
  states: [...list, "s3:ListBucketVersions", ...read, "s3:GetObjectVersion", ...write, ...tag, ...remove],
  runLogs: [...list, ...read, ...write, ...tag],
  modules: [...list, ...read, ...write, ...remove],
  policyInputs: [...list, ...read, ...write],
  deliveries: [...list, ...read, ...write],
  uploads: [...read, ...write, ...remove],
  userUploadedWorkspaces: [...read, ...write, ...remove],
  workspaces: [...read, ...write, ...remove],
  metadata: [...read, ...write, ...remove],
  largeQueueMessages: [...read, ...write],
  binaries: [...read],
  backups: [...write],
};

const ofBucket = new Set(["s3:ListBucket", "s3:ListBucketVersions"]);

interface Statement {
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

/**
 * The least-privilege policy of the service user, as JSON: object actions on the objects, bucket actions on the
 * buckets, nothing on any other bucket, and nothing that manages buckets.
 */
export function storagePolicy(buckets: readonly PlannedBucket[]): string {
  const arn = (name: string): string => `arn:aws:s3:::${name}`;
  const statements = buckets.flatMap(({ role, name }): Statement[] => {
    const onBucket = [
      // Neither is in the vendor's policies: a client that was not told the region asks for it before it signs, and one that
      // lost the id of an upload finds it in the list.
      "s3:GetBucketLocation",
      "s3:ListBucketMultipartUploads",
      ...actions[role].filter((action) => ofBucket.has(action)),
    ];
    const onObjects = actions[role].filter((action) => !ofBucket.has(action));
    return [
      { Effect: "Allow", Action: onBucket.sort(), Resource: [arn(name)] },
      { Effect: "Allow", Action: [...onObjects].sort(), Resource: [`${arn(name)}/*`] },
    ];
  });
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}
