import {
  defineResource,
  type Failure,
  type Properties,
  type Rows,
  stringAt,
  text,
  TwinError,
  type World,
} from "../framework";
import { groups, policies, type User, users } from "./tables";

/** Simulates a named policy. */
export const policy = defineResource({
  inputs: { name: text(), namePrefix: text(), policy: text({ required: true }) },
  replaceOn: ["name", "namePrefix"],
  deleteBeforeReplace: true,
  normalise: (inputs, { name, oldInputs, randomHex }) =>
    inputs["namePrefix"] === undefined
      ? { name: oldInputs["name"] ?? `${name}-${randomHex(7)}`, ...inputs }
      : inputs,
  check(inputs) {
    const document = stringAt(inputs, "policy");
    return document === undefined ? [] : checkDocument(document, "policy");
  },
  create(inputs, { world }) {
    const name =
      stringAt(inputs, "name") ?? `${stringAt(inputs, "namePrefix") ?? ""}${Date.now().toString(16)}`;
    store(world, name, stringAt(inputs, "policy") ?? "");
    return { id: name, outputs: { ...inputs, name } };
  },
  read(recorded, { world }) {
    const found = world.read((state) => policies.of(state).get(recorded.id));
    // The provider does not take a missing policy for one that is to be created again.
    if (found === undefined)
      throw new TwinError(
        `[FATAL] unable to read policy (${recorded.id}): The canned policy does not exist.`,
      );
    const live = { policy: found.document };
    return {
      id: recorded.id,
      inputs: { ...recorded.inputs, ...live },
      outputs: { ...recorded.outputs, ...live },
    };
  },
  update(before, inputs, { world }) {
    store(world, before.id, stringAt(inputs, "policy") ?? "");
    return { ...before.outputs, ...inputs };
  },
  delete(recorded, { world }) {
    world.change((state) => {
      const holders = [...users.of(state).entries(), ...groups.of(state).entries()];
      if (holders.some(([, { policies: attached }]) => attached.includes(recorded.id))) {
        throw new TwinError(
          `[FATAL] unable to delete policy (${recorded.id}): The specified policy is in use and cannot be deleted.`,
        );
      }
      policies.of(state).delete(recorded.id);
    });
  },
});

function store(world: World, name: string, document: string): void {
  const refusal = refusalOf(document);
  if (refusal !== undefined) throw new TwinError(`[FATAL] unable to create policy (${name}): ${refusal}`);
  world.change((state) => {
    policies.of(state).set(name, { document });
  });
}

/** Simulates attaching a policy to a user. */
export const policyAttachment = defineResource({
  inputs: { policyName: text({ required: true }), userName: text({ required: true }) },
  create(inputs, { world }) {
    const { userName, policyName } = namesOf(inputs);
    world.change((state) => {
      const user = users.of(state).get(userName);
      if (user === undefined) {
        throw new TwinError(
          `[FATAL] unable to attach user policy (${userName} ${policyName}): The specified user does not exist.`,
        );
      }
      if (!policies.of(state).has(policyName)) {
        throw new TwinError(
          `[FATAL] unable to attach user policy (${userName} ${policyName}): The canned policy does not exist.`,
        );
      }
      const others = user.policies.filter((name) => name !== policyName);
      users.of(state).set(userName, { ...user, policies: [...others, policyName] });
    });
    return { id: `${userName}-${policyName}`, outputs: inputs };
  },
  read(recorded, { world }) {
    const { userName, policyName } = namesOf(recorded.outputs);
    const user = world.read((state) => found(users.of(state), userName));
    return user.policies.includes(policyName) ? recorded : undefined;
  },
  delete(recorded, { world }) {
    const { userName, policyName } = namesOf(recorded.outputs);
    world.change((state) => {
      const user = found(users.of(state), userName);
      users
        .of(state)
        .set(userName, { ...user, policies: user.policies.filter((name) => name !== policyName) });
    });
  },
});

// A user that is missing is an error to the provider, whatever it wants of it (terraform-provider-minio 1.20.1,
// minioReadUserPolicies).
function found(rows: Rows<User>, name: string): User {
  const user = rows.get(name);
  if (user === undefined)
    throw new TwinError(`[FATAL] failed to load user Infos (${name}): The specified user does not exist.`);
  return user;
}

function namesOf(properties: Properties): { userName: string; policyName: string } {
  return {
    userName: stringAt(properties, "userName") ?? "",
    policyName: stringAt(properties, "policyName") ?? "",
  };
}

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
