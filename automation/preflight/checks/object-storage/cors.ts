import { type CheckContext, type Finding, type FindingName, failed, passed } from "../../check";
import { type Minio, askMinio } from "./minio";

const letsIn: FindingName = { id: "object-storage.cors", title: "CORS of the object storage" };

/** Asks, as a browser on Spacelift's page would, whether an upload to MinIO is welcome. */
export async function findCors({ settings }: CheckContext, minio: Minio): Promise<Finding> {
  const origin = `https://${settings.domain}`;
  const { headers, status } = await askMinio(minio, `/${settings.buckets.uploads.name}/preflight`, {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "PUT",
      "access-control-request-headers": "content-type",
    },
  });
  const allowed = headers["access-control-allow-origin"];
  if (allowed === "*" || allowed === origin) return passed(letsIn, `browsers on ${origin} may upload`);
  const said =
    allowed === undefined
      ? `answers ${status} without Access-Control-Allow-Origin`
      : `allows ${allowed} alone`;
  return failed(
    letsIn,
    `browsers on ${origin} may not upload: MinIO ${said}`,
    `run \`mc admin config set <alias> api cors_allow_origin=${origin}\`, or set MINIO_API_CORS_ALLOW_ORIGIN; a proxy must pass OPTIONS on`,
  );
}
