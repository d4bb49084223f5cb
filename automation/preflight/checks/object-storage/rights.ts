import { type CheckContext, type Finding, type FindingName, failed, passed } from "../../check";
import { setCommand } from "../../../../config/problems";
import { type Minio, type StorageLogin, askSigned, errorCode } from "./minio";

const passesOn: FindingName = { id: "object-storage.headers", title: "Headers on the way to MinIO" };
const located: FindingName = { id: "object-storage.region", title: "Region of the object storage" };
const administers: FindingName = {
  id: "object-storage.admin",
  title: "Administrator of the object storage",
};

/**
 * Looks whether headers with underscores arrive: metadata of uploads travels in them, and some proxies drop them.
 *
 * @param without status of a signed request without such a header
 */
export async function findHeaders(minio: Minio, login: StorageLogin, without: number): Promise<Finding> {
  // It is part of the signature, which is refused when the header is gone.
  const { status } = await askSigned(minio, login, "/", { "x-amz-meta-spacelift_preflight": "1" });
  return status === without
    ? passed(passesOn, "headers with underscores arrive")
    : failed(
        passesOn,
        "headers with underscores do not arrive: a proxy in front of MinIO drops them, and uploads fail",
        'let it pass them on; in ingress-nginx, `controller.config.enable-underscores-in-headers: "true"`',
      );
}

/** Looks whether requests about buckets are taken, and, of who makes things, whether it may make users and policies. */
export async function findRights(
  context: CheckContext,
  minio: Minio,
  login: StorageLogin,
): Promise<readonly Finding[]> {
  const region = await findRegion(context, minio, login);
  // The administrative API refuses a wrong region with the same words as somebody without rights.
  if (region.status !== "passed" || login.secret !== "minioAdminPassword") return [region];
  return [region, await findAdministration(minio, login)];
}

/** Only requests about a bucket are held against the region; whether the bucket is there does not matter. */
async function findRegion({ settings }: CheckContext, minio: Minio, login: StorageLogin): Promise<Finding> {
  const answer = await askSigned(minio, login, `/${settings.buckets.states.name}?list-type=2&max-keys=1`);
  if (errorCode(answer) !== "AuthorizationHeaderMalformed")
    return passed(located, `${minio.region} is taken`);
  const wanted = /<Region>([\w-]+)<\/Region>/.exec(answer.text)?.[1];
  return failed(
    located,
    `MinIO is configured with ${wanted ?? "another region"}, not with ${minio.region}`,
    setCommand("onprem.objectStorage.region", wanted ?? "us-east-1"),
  );
}

async function findAdministration(minio: Minio, login: StorageLogin): Promise<Finding> {
  const { status } = await askSigned(minio, login, "/minio/admin/v3/info");
  return status === 200
    ? passed(administers, `${login.accessKeyId} may administer MinIO`)
    : failed(
        administers,
        `${login.accessKeyId} may not administer MinIO (status ${status}): it cannot make users and policies`,
        `attach the policy consoleAdmin (\`mc admin policy attach <alias> consoleAdmin --user ${login.accessKeyId}\`), or set \`${login.key}\` to an administrator`,
      );
}
