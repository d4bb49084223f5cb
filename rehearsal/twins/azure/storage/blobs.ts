import { at, listAt, stringAt, TwinError } from "../../framework";
import type { ArmType } from "../arm/definition";
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
