import { type CheckContext, type Finding, type FindingName, failed, passed } from "../../check";
import { secretKeys } from "../../../../config/secrets";
import { required } from "../../../../program/required";
import { type Minio, type StorageLogin, askSigned, errorCode } from "./minio";
import { findHeaders, findRights } from "./rights";

const valid: FindingName = { id: "object-storage.credentials", title: "Credentials of the object storage" };

/** What came of logging in. */
export interface LoggedIn {
  readonly findings: readonly Finding[];
  readonly login: StorageLogin;
  /** Names of the buckets the user sees; undefined when it could not log in. */
  readonly buckets?: readonly string[];
}

/** Logs in as who makes the buckets, else as who uses them, and sees what that user may do. */
export async function findCredentials(context: CheckContext, minio: Minio): Promise<LoggedIn> {
  const login = loginOf(context);
  const listed = await askSigned(minio, login, "/");
  const code = listed.status === 200 ? undefined : (errorCode(listed) ?? `status ${listed.status}`);
  // A key with a policy for some buckets alone may not list; that it was told so shows that the signature holds.
  const refused = code !== undefined && code !== "AccessDenied";
  if (refused) return { findings: [refusal(code, login)], login };
  const findings = [
    passed(valid, `${login.accessKeyId} is let in`),
    await findHeaders(minio, login, listed.status),
    ...(await findRights(context, minio, login)),
  ];
  const buckets = [...listed.text.matchAll(/<Name>([^<]+)<\/Name>/g)].map(([, name = ""]) => name);
  return { findings, login, buckets };
}

function loginOf({ settings, secrets }: CheckContext): StorageLogin {
  const { createBuckets, createUser, adminUser, accessKeyId } = required(
    settings.onprem,
    "onprem",
  ).objectStorage;
  return createBuckets || createUser
    ? {
        accessKeyId: required(adminUser, "onprem.objectStorage.adminUser"),
        secretAccessKey: required(secrets.minioAdminPassword, "minioAdminPassword"),
        key: "onprem.objectStorage.adminUser",
        secret: "minioAdminPassword",
      }
    : {
        accessKeyId: required(accessKeyId, "onprem.objectStorage.accessKeyId"),
        secretAccessKey: required(secrets.minioSecretKey, "minioSecretKey"),
        key: "onprem.objectStorage.accessKeyId",
        secret: "minioSecretKey",
      };
}

function refusal(code: string, { accessKeyId, key, secret }: StorageLogin): Finding {
  const { fix } = secretKeys[secret];
  switch (code) {
    case "InvalidAccessKeyId":
      return failed(valid, `MinIO knows no user ${accessKeyId}`, `correct \`${key}\`, then ${fix}`);
    case "SignatureDoesNotMatch":
      return failed(
        valid,
        `MinIO refuses the signature of ${accessKeyId}: the password is wrong, or a proxy changes the Host header`,
        `${fix}; a proxy must pass \`Host\` on unchanged`,
      );
    case "RequestTimeTooSkewed":
      return failed(valid, "MinIO refuses the signature: the clocks differ", "synchronise the clocks (NTP)");
    default:
      return failed(
        valid,
        `MinIO does not let ${accessKeyId} in: ${code}`,
        "see that `onprem.objectStorage.endpoint` is MinIO's API and that nothing in front of it asks for a login",
      );
  }
}
