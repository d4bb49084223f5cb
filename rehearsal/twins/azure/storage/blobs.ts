import { at, isProperties, listAt, objectAt, stringAt, TwinError, type Value } from "../../framework";
import type { ArmRequest, ArmType } from "../arm/definition";
import { invalidParameter } from "../arm/refusals";
import { findResource, linger, lingersFor } from "../arm/tables";
import { refuseWhileHeld } from "./account";

const ACCOUNT =
  "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}";
const DELETION_SECONDS = 30;
const MOST_CORS_RULES = 5;

/** The settings of all blobs of an account; they are there as soon as the account is. */
export const blobServiceProperties: ArmType = {
  token: "azure-native:storage:BlobServiceProperties",
  apiVersion: "2024-01-01",
  path: `${ACCOUNT}/blobServices/{blobServicesName}`,
  contract: { library: "storage", model: "BlobServiceProperties" },
  singleton: "default",
  isSetBack: true,
  outputs: ["sku"],
  latency: { create: 2, update: 2, delete: 2 },
  refuseNow: refuseWhileHeld,
  validate({ state, inputs, id }) {
    const account = findResource(state, id.replace(/\/blobServices\/.*$/i, ""));
    if (inputs["isVersioningEnabled"] === true && account?.properties["isHnsEnabled"] === true)
      throw invalidParameter(
        `Versioning is not supported for accounts with a hierarchical namespace: ${id}.`,
        "FeatureNotSupportedForAccount",
      );
    if (listAt(inputs, "cors", "corsRules").length > MOST_CORS_RULES)
      throw invalidParameter(
        `The settings ${id} have more than ${MOST_CORS_RULES} CORS rules.`,
        "InvalidXmlDocument",
      );
    const retention = at(inputs, "deleteRetentionPolicy", "days");
    const restore = at(inputs, "restorePolicy", "days");
    const isRestorable = at(inputs, "restorePolicy", "enabled") === true;
    if (
      isRestorable &&
      !(typeof restore === "number" && typeof retention === "number" && restore < retention)
    )
      throw invalidParameter(
        `The days of the restore policy of ${id} must be fewer than those of the delete retention policy.`,
        "InvalidRestorePolicy",
      );
    const isComplete = inputs["isVersioningEnabled"] === true && at(inputs, "changeFeed", "enabled") === true;
    if (isRestorable && !isComplete)
      throw invalidParameter(
        `The restore policy of ${id} needs versioning and the change feed.`,
        "ConflictFeatureEnabled",
      );
  },
  compute: ({ state, inputs, id }) => {
    const account = findResource(state, id.replace(/\/blobServices\/.*$/i, ""));
    return {
      sku: { name: stringAt(account?.properties, "sku", "name") ?? "", tier: "Standard" },
      ...defaultsOf(inputs),
    };
  },
};

function defaultsOf(inputs: Parameters<typeof at>[0]): { cors?: { corsRules: [] } } {
  return at(inputs, "cors") === undefined ? { cors: { corsRules: [] } } : {};
}

/** A container of blobs. */
export const blobContainer: ArmType = {
  token: "azure-native:storage:BlobContainer",
  apiVersion: "2024-01-01",
  path: `${ACCOUNT}/blobServices/default/containers/{containerName}`,
  contract: { library: "storage", model: "BlobContainer" },
  nameRule: {
    pattern: /^[a-z0-9](?!.*--)[a-z0-9-]*[a-z0-9]$/,
    min: 3,
    max: 63,
    words: "lower-case letters, digits and single hyphens between them",
  },
  outputs: ["etag", "hasImmutabilityPolicy", "hasLegalHold", "lastModifiedTime", "leaseState", "leaseStatus"],
  latency: { create: 1, update: 1, delete: 1 },
  refuseNow: refuseWhileHeld,
  defaults: () => ({ publicAccess: "None", defaultEncryptionScope: "$account-encryption-key" }),
  validate({ state, id, inputs, now, name }) {
    const account = findResource(state, id.replace(/\/blobServices\/.*$/i, ""));
    if (account === undefined)
      throw invalidParameter(`The storage account of ${id} was not found.`, "ResourceNotFound");
    if (lingersFor(state, id, now) !== undefined)
      throw new TwinError(
        `The specified container is being deleted. Try operation later: ${name}.`,
        "ContainerBeingDeleted",
      );
    const isOpen = (stringAt(inputs, "publicAccess") ?? "None") !== "None";
    if (isOpen && account.properties["allowBlobPublicAccess"] !== true)
      throw invalidParameter(
        `Public access is not permitted on this storage account: ${account.id}.`,
        "PublicAccessNotPermitted",
      );
  },
  compute: ({ now }, before) => ({
    etag: stringAt(before?.computed, "etag") ?? `"0x${now.getTime().toString(16)}"`,
    hasImmutabilityPolicy: false,
    hasLegalHold: false,
    lastModifiedTime: stringAt(before?.computed, "lastModifiedTime") ?? now.toISOString(),
    leaseState: "Available",
    leaseStatus: "Unlocked",
  }),
  afterDelete({ state, id, now }) {
    linger(state, id, { resource: id, now, seconds: DELETION_SECONDS });
  },
};

const MOST_RULES = 100;
const MOST_PREFIXES = 10;

/** The lifecycle rules of an account. */
export const managementPolicy: ArmType = {
  token: "azure-native:storage:ManagementPolicy",
  apiVersion: "2024-01-01",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Storage/storageAccounts/{accountName}/managementPolicies/{managementPolicyName}",
  contract: { library: "storage", model: "ManagementPolicy" },
  singleton: "default",
  outputs: ["lastModifiedTime"],
  latency: { create: 2, update: 2, delete: 2 },
  refuseNow: refuseWhileHeld,
  validate(request) {
    const rules = listAt(request.inputs, "policy", "rules");
    if (rules.length === 0 || rules.length > MOST_RULES)
      throw refusal(request, `it has ${rules.length} rules`);
    const names = rules.map((rule) => stringAt(rule, "name") ?? "");
    if (new Set(names).size < names.length) throw refusal(request, "names of rules repeat");
    for (const rule of rules) checkRule(rule, request);
  },
  compute: ({ now }, before) => ({
    lastModifiedTime: stringAt(before?.computed, "lastModifiedTime") ?? now.toISOString(),
  }),
};

function checkRule(rule: Value, request: ArmRequest): void {
  const name = stringAt(rule, "name") ?? "";
  const prefixes = listAt(rule, "definition", "filters", "prefixMatch").map(String);
  if (prefixes.length > MOST_PREFIXES) throw refusal(request, `rule ${name} has ${prefixes.length} prefixes`);
  const odd = prefixes.find(
    (prefix) => !/^[a-z0-9$][a-z0-9-]{2,62}(\/|$)/.test(prefix) || prefix.includes("*"),
  );
  if (odd !== undefined)
    throw refusal(request, `the prefix ${odd} of rule ${name} does not begin with a container`);
  if (listAt(rule, "definition", "filters", "blobTypes").length === 0)
    throw refusal(request, `rule ${name} names no blob types`);
  const actions = objectAt(rule, "definition", "actions");
  const kinds = ["baseBlob", "snapshot", "version"].filter((kind) => isProperties(actions[kind]));
  if (kinds.length === 0) throw refusal(request, `rule ${name} does nothing`);
  if (kinds.includes("version") && !isVersioned(request))
    throw refusal(request, `rule ${name} acts on versions, and versioning is off`);
  for (const kind of kinds) {
    for (const [action, condition] of Object.entries(objectAt(actions, kind))) {
      if (isProperties(condition) && Object.keys(condition).length === 0)
        throw refusal(request, `${kind}.${action} of rule ${name} has no condition`);
    }
  }
}

function isVersioned({ state, id }: ArmRequest): boolean {
  const service = findResource(state, id.replace(/\/managementPolicies\/.*$/i, "/blobServices/default"));
  return at(service?.properties, "isVersioningEnabled") === true;
}

function refusal({ id }: ArmRequest, complaint: string): Error {
  return invalidParameter(`The policy ${id} is invalid: ${complaint}.`, "InvalidValuesForRequestParameters");
}
