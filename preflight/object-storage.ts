import { deployingLogin, servicesLogin } from "../config/onprem/storage-logins";
import { required } from "../config/problems";
import { secretKeys } from "../config/secrets";
import type { HttpResponse } from "../peers/http";
import {
  type Check,
  type CheckContext,
  type Finding,
  finding,
  type FindingBuilder,
  whileReachable,
} from "./check";
import { findRights } from "./minio-admin";
import { findBuckets } from "./object-storage-buckets";
import { corsCheck, findCors } from "./object-storage-cors";
import { findRegion, isOfAnotherRegion, refusedRegion } from "./object-storage-region";
import { askSigned, connectStore, errorCode, type Login, type ObjectStore } from "./object-store";
import { featureFindings } from "./s3-features";
import { findObjects } from "./s3-objects";

const credentialsCheck = finding("object-storage.credentials", "Credentials of the object storage");
const servicesCheck = finding("object-storage.services", "Credentials of the services");
const headersCheck = finding("object-storage.headers", "Headers on the way to the object storage");

/** The object storage of the on-premises target: the connection, certificate and clock, who may do what, CORS. */
export const objectStorageCheck: Check = {
  id: "object-storage",
  title: "Object storage",
  timeoutMs: 30_000,
  skip: ({ settings }) =>
    settings.target === "onprem" ? undefined : "the storage account is part of the Azure target",
  run: async (context) => {
    const { findings, store } = await connectStore(context);
    if (store === undefined) return findings;
    const { host: peer } = new URL(store.origin);
    const fix = `see that ${store.words.name} is up, and what is in front of it`;
    const answering = { peer, fix, signal: context.signal };
    const login = loginOf(context);
    const asked = await Promise.all([
      whileReachable(credentialsCheck, answering, () => accessFindings(context, store, login)),
      whileReachable(corsCheck, answering, async () => [await findCors(context, store, login)]),
    ]);
    return [...findings, ...asked.flat()];
  },
};

/** Who creates the buckets, else who uses them. */
function loginOf({ settings, secrets }: CheckContext): Login {
  const storage = required(settings.onprem, "onprem").objectStorage;
  const login = deployingLogin(storage, secrets) ?? servicesLogin(storage, secrets);
  return required(login, "onprem.objectStorage.accessKeyId");
}

/** Logs in and sees what that user may do. */
async function accessFindings(
  context: CheckContext,
  store: ObjectStore,
  login: Login,
): Promise<readonly Finding[]> {
  const listed = await askSigned(store, login, "/");
  if (isOfAnotherRegion(listed)) return [refusedRegion(store, listed)];
  const code = refusalOf(listed);
  if (code !== undefined) return [refusalFinding(credentialsCheck, code, store, login)];
  if (listed.status === 200 && !listed.text.includes("<ListAllMyBucketsResult")) {
    return [
      credentialsCheck.failed(
        `${new URL(store.origin).host} answers with no list of buckets: that is not ${store.words.api}`,
        `see that \`onprem.objectStorage.endpoint\` is ${store.words.api}, and what is in front of it`,
      ),
    ];
  }
  const buckets = [...listed.text.matchAll(/<Name>([^<]+)<\/Name>/g)].map(([, name = ""]) => name);
  const headers = await findHeaders(store, login, listed.status);
  const region = await findRegion(context, store, login);
  const isS3 = context.settings.onprem?.objectStorage.kind === "s3";
  return [
    credentialsCheck.passed(`the login of ${login.accessKeyId} is accepted`),
    ...(isS3 ? await servicesFindings(context, store, login) : []),
    headers,
    region,
    // The administrative API refuses a wrong region with the same words as somebody without rights.
    ...(region.status === "passed" && login.secret === "minioAdminPassword"
      ? [await findRights(context, store, login)]
      : []),
    await findBuckets(context, store, login, buckets),
    ...(isS3 && region.status === "passed" ? await s3Findings(context, store, login) : []),
  ];
}

/** The code with which a login is refused; undefined when the signature holds. */
function refusalOf(listed: HttpResponse): string | undefined {
  if (listed.status === 200) return undefined;
  const code = errorCode(listed) ?? `status ${listed.status}`;
  // A key with a policy for some buckets alone may not list; that it was told so shows that the signature holds.
  return code === "AccessDenied" ? undefined : code;
}

/** Logs in as the services do, where somebody else deploys. */
async function servicesFindings(
  { settings, secrets }: CheckContext,
  store: ObjectStore,
  deploying: Login,
): Promise<readonly Finding[]> {
  const login = servicesLogin(required(settings.onprem, "onprem").objectStorage, secrets);
  if (login === undefined || login.key === deploying.key) return [];
  const code = refusalOf(await askSigned(store, login, "/"));
  return [
    code === undefined
      ? servicesCheck.passed(`the login of ${login.accessKeyId} is accepted`)
      : refusalFinding(servicesCheck, code, store, login),
  ];
}

/** What only a server of S3 is asked for: MinIO has it all. */
async function s3Findings(
  context: CheckContext,
  store: ObjectStore,
  login: Login,
): Promise<readonly Finding[]> {
  const [features, objects] = await Promise.all([
    featureFindings(context, store, login),
    findObjects(context, store),
  ]);
  return [...features, objects];
}

function refusalFinding(
  check: FindingBuilder,
  code: string,
  { words: { name, api } }: ObjectStore,
  { accessKeyId, key, secret }: Login,
): Finding {
  const { fix } = secretKeys[secret];
  switch (code) {
    case "InvalidAccessKeyId":
    case "XAdminUserNotFound": // so versitygw 1.0.14
      return check.failed(`${name} knows no user ${accessKeyId}`, `correct \`${key}\`, then ${fix}`);
    case "SignatureDoesNotMatch":
      return check.failed(
        `${name} refuses the signature of ${accessKeyId}: the password is wrong, or a proxy changes the Host header`,
        `${fix}; a proxy must pass \`Host\` on unchanged`,
      );
    case "RequestTimeTooSkewed":
      return check.failed(`${name} refuses the signature: the clocks differ`, "synchronise the clocks (NTP)");
    default:
      return check.failed(
        `${name} refuses the login of ${accessKeyId}: ${code}`,
        `see that \`onprem.objectStorage.endpoint\` is ${api} and that nothing in front of it asks for a login`,
      );
  }
}

/**
 * Whether headers with underscores arrive: metadata of uploads travels in them, and some proxies drop them.
 *
 * @param without status of a signed request without such a header
 */
async function findHeaders(store: ObjectStore, login: Login, without: number): Promise<Finding> {
  // It is part of the signature, which is refused when the header is gone.
  const headers = { "x-amz-meta-spacelift_preflight": "1" };
  const { status } = await askSigned(store, login, "/", { headers });
  return status === without
    ? headersCheck.passed("headers with underscores arrive")
    : headersCheck.failed(
        `headers with underscores do not arrive: a proxy in front of ${store.words.name} drops them, and uploads fail`,
        'let it pass them on; in ingress-nginx, `controller.config.enable-underscores-in-headers: "true"`',
      );
}
