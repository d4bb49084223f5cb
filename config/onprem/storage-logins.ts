import { required } from "../problems";
import type { SecretName } from "../secrets";
import type { ObjectStorageSettings } from "./settings";

type StorageSecret = Extract<SecretName, `minio${string}` | `s3${string}`>;

/** An access key of the object storage and where it comes from. `T` is what stands for a secret: text or Output. */
export interface StorageLogin<T> {
  readonly accessKeyId: string;
  readonly secretAccessKey: T;
  /** Path of the setting with the key: `onprem.objectStorage.adminUser`. */
  readonly key: string;
  readonly secret: StorageSecret;
}

type Secrets<T> = Readonly<Partial<Record<StorageSecret, T>>>;

function login<T>(
  settings: ObjectStorageSettings,
  name: "adminUser" | "adminAccessKeyId" | "accessKeyId",
  secret: StorageSecret,
  secrets: Secrets<T>,
): StorageLogin<T> {
  const key = `onprem.objectStorage.${name}`;
  return {
    accessKeyId: required(settings[name], key),
    secretAccessKey: required(secrets[secret], secret),
    key,
    secret,
  };
}

/** Whether anything is created on the object storage: buckets or, on MinIO, the services' user. */
export const createsOnStorage = ({ kind, createBuckets, createUser }: ObjectStorageSettings): boolean =>
  createBuckets || (kind === "minio" && createUser);

/** Whose credentials the services get; undefined for those of the user that is created on MinIO. */
export function servicesLogin<T>(
  settings: ObjectStorageSettings,
  secrets: Secrets<T>,
): StorageLogin<T> | undefined {
  if (settings.kind === "s3") return login(settings, "accessKeyId", "s3SecretKey", secrets);
  return settings.createUser ? undefined : login(settings, "accessKeyId", "minioSecretKey", secrets);
}

/** Who creates the buckets and, on MinIO, the services' user; undefined where all of them exist. */
export function deployingLogin<T>(
  settings: ObjectStorageSettings,
  secrets: Secrets<T>,
): StorageLogin<T> | undefined {
  if (!createsOnStorage(settings)) return undefined;
  if (settings.kind === "minio") return login(settings, "adminUser", "minioAdminPassword", secrets);
  return settings.adminAccessKeyId === undefined
    ? servicesLogin(settings, secrets)
    : login(settings, "adminAccessKeyId", "s3AdminSecretKey", secrets);
}
