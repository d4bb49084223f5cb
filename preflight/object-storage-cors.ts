import { corsCommand } from "../components/buckets";
import { requestPeer } from "../peers/http";
import { type CheckContext, type Finding, finding } from "./check";
import { askSigned, errorCode, type Login, type ObjectStore } from "./object-store";

export const corsCheck = finding("object-storage.cors", "CORS of the object storage");

/** Asks, as a browser on Spacelift's page would, whether an upload is allowed. */
export async function findCors(
  { settings: { domain, buckets, onprem } }: CheckContext,
  store: ObjectStore,
  login: Login,
): Promise<Finding> {
  const origin = `https://${domain}`;
  const bucket = buckets.uploads.name;
  const { headers, status } = await requestPeer(store, `/${bucket}/preflight`, {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "PUT",
      "access-control-request-headers": "content-type",
    },
  });
  const allowed = headers["access-control-allow-origin"];
  if (allowed === "*" || allowed === origin) return corsCheck.passed(`browsers on ${origin} may upload`);
  const isS3 = onprem?.objectStorage.kind === "s3";
  if (isS3) {
    // There, a rule belongs to the bucket.
    const location = await askSigned(store, login, `/${bucket}?location=`);
    if (location.status === 404) return corsCheck.skipped(`seen once the bucket ${bucket} exists`);
    const isKnown = location.status === 200 || errorCode(location) === "AccessDenied";
    if (!isKnown) return corsCheck.skipped("seen once the login is accepted");
  }
  const answer =
    allowed === undefined
      ? `answers ${status} without Access-Control-Allow-Origin`
      : `allows ${allowed} alone`;
  return corsCheck.failed(
    `browsers on ${origin} may not upload: ${store.words.name} ${answer}`,
    isS3
      ? `run \`${corsCommand(store.origin, bucket, origin)}\`; in front of a server without such rules, let a proxy answer OPTIONS`
      : `run \`mc admin config set <alias> api cors_allow_origin=${origin}\`, or set MINIO_API_CORS_ALLOW_ORIGIN; a proxy must pass OPTIONS on`,
  );
}
