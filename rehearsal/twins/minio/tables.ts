import { table, type Value } from "../framework";

/** A bucket of the simulated object store. */
export interface Bucket {
  readonly acl: string;
  readonly objectLocking: boolean;
  /** Keys of the objects in it. */
  readonly objects: readonly string[];
  /** Versioning as it was set, or nothing. */
  readonly versioning?: Value;
  /** Lifecycle rules as they were set, or nothing. */
  readonly lifecycle?: Value;
}

/** A user; the secret is sealed. */
export interface User {
  readonly secret: string;
  readonly enabled: boolean;
  /** Names of the policies attached to it. */
  readonly policies: readonly string[];
}

/** A group of users; its policies hold for all of them. */
export interface Group {
  readonly members: readonly string[];
  /** Names of the policies attached to it. */
  readonly policies: readonly string[];
}

/** A named policy. */
export interface Policy {
  /** The document as JSON. */
  readonly document: string;
}

/** An access key of a user; the secret is sealed. */
export interface ServiceAccount {
  readonly user: string;
  readonly secret: string;
  readonly enabled: boolean;
  /** The document as JSON; absent when it inherits the policies of its user. */
  readonly policy?: string;
}

/** Buckets by name. */
export const buckets = table<Bucket>("minio/bucket");
/** Users by name. */
export const users = table<User>("minio/user");
/** Groups by name. */
export const groups = table<Group>("minio/group");
/** Policies by name. */
export const policies = table<Policy>("minio/policy");
/** Service accounts by access key. */
export const serviceAccounts = table<ServiceAccount>("minio/service-account");
