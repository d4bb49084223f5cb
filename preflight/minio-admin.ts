import { bucketsOf } from "../components/buckets";
import { required } from "../config/problems";
import { parseJson } from "../peers/json";
import { type CheckContext, type Finding, finding } from "./check";
import { accountInfo, missingRights } from "./minio-policy";
import { minioStatements } from "./minio-rights";
import { askSigned, type Login, type ObjectStore } from "./object-store";

const adminCheck = finding("object-storage.admin", "Rights on the object storage");

const ACCOUNT_INFO = "/minio/admin/v3/accountinfo";

/** Whether the user that deploys may do what it has to; `accountinfo` tells everybody what they may. */
export async function findRights(
  { settings }: CheckContext,
  store: ObjectStore,
  login: Login,
): Promise<Finding> {
  const { status, text } = await askSigned(store, login, ACCOUNT_INFO);
  const info = accountInfo.safeParse(status === 200 ? parseJson(text) : undefined);
  if (!info.success) {
    return adminCheck.failed(
      `MinIO does not tell what ${login.accessKeyId} may do: ${ACCOUNT_INFO} answers ${status === 200 ? "something else" : `with status ${status}`}`,
      "see that what is in front of MinIO passes `/minio/admin/` on",
    );
  }
  const { createBuckets, createUser } = required(settings.onprem, "onprem").objectStorage;
  const buckets = bucketsOf(settings);
  const missing = missingRights(
    info.data.Policy.Statement,
    minioStatements({ buckets, createBuckets, createUser }),
  );
  if (missing.length === 0) return adminCheck.passed(`${login.accessKeyId} has the rights that are needed`);
  const lacks = missing.map(({ action, buckets: where }) =>
    where.length === 0 || where.length === buckets.length ? action : `${action} (${where.join(", ")})`,
  );
  return adminCheck.failed(
    `${login.accessKeyId} lacks ${lacks.join(", ")}`,
    `give it a policy with them; docs/minio-policy.json has all that are needed (\`mc admin policy create <alias> spacelift-deployer minio-policy.json\`, \`mc admin policy attach <alias> spacelift-deployer --user ${login.accessKeyId}\`)`,
  );
}
