import { planBuckets } from "../components/buckets";
import { required, setCommand } from "../config/problems";
import { takesDump } from "../config/restore-point";
import { secretKeys } from "../config/secrets";
import { requestPeer } from "../peers/http";
import { parseJson } from "../peers/json";
import { type Check, type CheckContext, type Finding, finding, whileReachable } from "./check";
import { askSigned, connectMinio, errorCode, type Minio, type StorageLogin } from "./minio";
import { accountInfo, missingRights } from "./minio-policy";
import { minioStatements } from "./minio-rights";

const credentialsCheck = finding("object-storage.credentials", "Credentials of the object storage");
const headersCheck = finding("object-storage.headers", "Headers on the way to MinIO");
const regionCheck = finding("object-storage.region", "Region of the object storage");
const adminCheck = finding("object-storage.admin", "Rights on the object storage");
const bucketsCheck = finding("object-storage.buckets", "Buckets");
const corsCheck = finding("object-storage.cors", "CORS of the object storage");

const ACCOUNT_INFO = "/minio/admin/v3/accountinfo";

/** The MinIO of the on-premises target: the connection, its certificate and clock, who may do what, CORS. */
export const objectStorageCheck: Check = {
  id: "object-storage",
  title: "Object storage",
  timeoutMs: 30_000,
  skip: ({ settings }) =>
    settings.target === "onprem" ? undefined : "the storage account is part of the Azure target",
  run: async (context) => {
    const { findings, minio } = await connectMinio(context);
    if (minio === undefined) return findings;
    const { host: peer } = new URL(minio.origin);
    const fix = "see that MinIO is up, and what is in front of it";
    const answering = { peer, fix, signal: context.signal };
    const asked = await Promise.all([
      whileReachable(credentialsCheck, answering, () => accessFindings(context, minio)),
      whileReachable(corsCheck, answering, async () => [await findCors(context, minio)]),
    ]);
    return [...findings, ...asked.flat()];
  },
};

/** Logs in as who creates the buckets, else as who uses them, and sees what that user may do. */
async function accessFindings(context: CheckContext, minio: Minio): Promise<readonly Finding[]> {
  const login = loginOf(context);
  const listed = await askSigned(minio, login, "/");
  const code = listed.status === 200 ? undefined : (errorCode(listed) ?? `status ${listed.status}`);
  // A key with a policy for some buckets alone may not list; that it was told so shows that the signature holds.
  if (code !== undefined && code !== "AccessDenied") return [refusalFinding(code, login)];
  if (listed.status === 200 && !listed.text.includes("<ListAllMyBucketsResult")) {
    return [
      credentialsCheck.failed(
        `${new URL(minio.origin).host} answers with no list of buckets: that is not MinIO's API`,
        "see that `onprem.objectStorage.endpoint` is MinIO's API, and what is in front of it",
      ),
    ];
  }
  const buckets = [...listed.text.matchAll(/<Name>([^<]+)<\/Name>/g)].map(([, name = ""]) => name);
  const headers = await findHeaders(minio, login, listed.status);
  const region = await findRegion(context, minio, login);
  return [
    credentialsCheck.passed(`the login of ${login.accessKeyId} is accepted`),
    headers,
    region,
    // The administrative API refuses a wrong region with the same words as somebody without rights.
    ...(region.status === "passed" && login.secret === "minioAdminPassword"
      ? [await findRights(context, minio, login)]
      : []),
    await findBuckets(context, minio, login, buckets),
  ];
}

function loginOf({ settings, secrets }: CheckContext): StorageLogin {
  const storage = required(settings.onprem, "onprem").objectStorage;
  return storage.createBuckets || storage.createUser
    ? {
        accessKeyId: required(storage.adminUser, "onprem.objectStorage.adminUser"),
        secretAccessKey: required(secrets.minioAdminPassword, "minioAdminPassword"),
        key: "onprem.objectStorage.adminUser",
        secret: "minioAdminPassword",
      }
    : {
        accessKeyId: required(storage.accessKeyId, "onprem.objectStorage.accessKeyId"),
        secretAccessKey: required(secrets.minioSecretKey, "minioSecretKey"),
        key: "onprem.objectStorage.accessKeyId",
        secret: "minioSecretKey",
      };
}

function refusalFinding(code: string, { accessKeyId, key, secret }: StorageLogin): Finding {
  const { fix } = secretKeys[secret];
  switch (code) {
    case "InvalidAccessKeyId":
      return credentialsCheck.failed(`MinIO knows no user ${accessKeyId}`, `correct \`${key}\`, then ${fix}`);
    case "SignatureDoesNotMatch":
      return credentialsCheck.failed(
        `MinIO refuses the signature of ${accessKeyId}: the password is wrong, or a proxy changes the Host header`,
        `${fix}; a proxy must pass \`Host\` on unchanged`,
      );
    case "RequestTimeTooSkewed":
      return credentialsCheck.failed(
        "MinIO refuses the signature: the clocks differ",
        "synchronise the clocks (NTP)",
      );
    default:
      return credentialsCheck.failed(
        `MinIO refuses the login of ${accessKeyId}: ${code}`,
        "see that `onprem.objectStorage.endpoint` is MinIO's API and that nothing in front of it asks for a login",
      );
  }
}

/**
 * Whether headers with underscores arrive: metadata of uploads travels in them, and some proxies drop them.
 *
 * @param without status of a signed request without such a header
 */
async function findHeaders(minio: Minio, login: StorageLogin, without: number): Promise<Finding> {
  // It is part of the signature, which is refused when the header is gone.
  const { status } = await askSigned(minio, login, "/", { "x-amz-meta-spacelift_preflight": "1" });
  return status === without
    ? headersCheck.passed("headers with underscores arrive")
    : headersCheck.failed(
        "headers with underscores do not arrive: a proxy in front of MinIO drops them, and uploads fail",
        'let it pass them on; in ingress-nginx, `controller.config.enable-underscores-in-headers: "true"`',
      );
}

/** Only requests about a bucket are held against the region; whether the bucket exists does not matter. */
async function findRegion({ settings }: CheckContext, minio: Minio, login: StorageLogin): Promise<Finding> {
  const answer = await askSigned(minio, login, `/${settings.buckets.states.name}?list-type=2&max-keys=1`);
  if (errorCode(answer) !== "AuthorizationHeaderMalformed") {
    return regionCheck.passed(`${minio.region} is accepted`);
  }
  const wanted = /<Region>([\w-]+)<\/Region>/.exec(answer.text)?.[1];
  return regionCheck.failed(
    `MinIO is configured with ${wanted ?? "another region"}, not with ${minio.region}`,
    setCommand("onprem.objectStorage.region", wanted ?? "us-east-1"),
  );
}

/** Whether the user that deploys may do what it has to; `accountinfo` tells everybody what they may. */
async function findRights({ settings }: CheckContext, minio: Minio, login: StorageLogin): Promise<Finding> {
  const { status, text } = await askSigned(minio, login, ACCOUNT_INFO);
  const info = accountInfo.safeParse(status === 200 ? parseJson(text) : undefined);
  if (!info.success) {
    return adminCheck.failed(
      `MinIO does not tell what ${login.accessKeyId} may do: ${ACCOUNT_INFO} answers ${status === 200 ? "something else" : `with status ${status}`}`,
      "see that what is in front of MinIO passes `/minio/admin/` on",
    );
  }
  const { createBuckets, createUser } = required(settings.onprem, "onprem").objectStorage;
  const buckets = planBuckets(settings.buckets, settings.buckets.createBinaries, takesDump(settings));
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

/** Compares the buckets that exist with those that are to be created, taken over or used. */
async function findBuckets(
  { settings }: CheckContext,
  minio: Minio,
  login: StorageLogin,
  listed: readonly string[],
): Promise<Finding> {
  const { createBuckets, adoptKeptBuckets } = required(settings.onprem, "onprem").objectStorage;
  const planned = planBuckets(settings.buckets, settings.buckets.createBinaries, takesDump(settings));
  const isAbsent = ({ name }: { readonly name: string }): boolean => !listed.includes(name);
  const unlisted = planned.filter(isAbsent).map(({ name }) => name);
  if (!createBuckets) {
    // One that is not listed may exist all the same, for a key that may not list.
    const answers = await Promise.all(unlisted.map((name) => askSigned(minio, login, `/${name}?location=`)));
    const absent = unlisted.filter((_, index) => answers[index]?.status === 404);
    return absent.length === 0
      ? bucketsCheck.passed(`all ${planned.length} buckets exist`)
      : bucketsCheck.failed(
          `${absent.join(", ")} ${absent.length === 1 ? "does" : "do"} not exist, and \`createBuckets\` is off`,
          `create them, or ${setCommand("onprem.objectStorage.createBuckets", true)}`,
        );
  }
  if (adoptKeptBuckets) {
    const absent = planned.filter((bucket) => bucket.retainOnDestroy && isAbsent(bucket));
    return absent.length === 0
      ? bucketsCheck.passed("the buckets to take over exist")
      : bucketsCheck.failed(
          `${absent.map(({ name }) => name).join(", ")} cannot be taken over: no such bucket`,
          setCommand("onprem.objectStorage.adoptKeptBuckets", false),
        );
  }
  const existing = planned.length - unlisted.length;
  // Whether they are this stack's own cannot be seen from here.
  return bucketsCheck.passed(
    existing === 0
      ? `none of the ${planned.length} buckets exists yet`
      : `${existing} of ${planned.length} buckets exist: right when this stack created them; a new stack takes them over with \`onprem.objectStorage.adoptKeptBuckets: true\``,
  );
}

/** Asks, as a browser on Spacelift's page would, whether an upload to MinIO is allowed. */
async function findCors({ settings }: CheckContext, minio: Minio): Promise<Finding> {
  const origin = `https://${settings.domain}`;
  const { headers, status } = await requestPeer(minio, `/${settings.buckets.uploads.name}/preflight`, {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "PUT",
      "access-control-request-headers": "content-type",
    },
  });
  const allowed = headers["access-control-allow-origin"];
  if (allowed === "*" || allowed === origin) return corsCheck.passed(`browsers on ${origin} may upload`);
  const answer =
    allowed === undefined
      ? `answers ${status} without Access-Control-Allow-Origin`
      : `allows ${allowed} alone`;
  return corsCheck.failed(
    `browsers on ${origin} may not upload: MinIO ${answer}`,
    `run \`mc admin config set <alias> api cors_allow_origin=${origin}\`, or set MINIO_API_CORS_ALLOW_ORIGIN; a proxy must pass OPTIONS on`,
  );
}
