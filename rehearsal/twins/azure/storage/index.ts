import { storageAccount } from "./account";
import { blobContainer, blobServiceProperties } from "./blobs";
import { managementPolicy } from "./lifecycle";

/** The types of Microsoft.Storage. */
export const storageTypes = [storageAccount, blobServiceProperties, blobContainer, managementPolicy];
