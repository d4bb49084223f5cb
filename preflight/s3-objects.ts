import { randomBytes } from "node:crypto";
import { servicesLogin } from "../config/onprem/storage-logins";
import { required } from "../config/problems";
import { requestPeer } from "../peers/http";
import { type CheckContext, type Finding, finding } from "./check";
import { askSigned, errorCode, type Login, type ObjectStore, presignedPath } from "./object-store";

const objectsCheck = finding("object-storage.objects", "Objects of the services");

/** The first object in a bucket may take its time: SeaweedFS sets up volumes for it. */
const WRITING_MS = 20_000;

/** For what is taken away again when the check has run out of time. */
const CLEANING_MS = 10_000;

/** An object to try a bucket with, and who tries it. */
interface Trial {
  readonly store: ObjectStore;
  readonly login: Login;
  readonly bucket: string;
  readonly key: string;
}

/**
 * Does with the bucket of states what the services do: writes an object twice, lists its versions, fetches it by a
 * pre-signed URL. What was written is taken away again.
 */
export async function findObjects({ settings, secrets }: CheckContext, store: ObjectStore): Promise<Finding> {
  const login = required(
    servicesLogin(required(settings.onprem, "onprem").objectStorage, secrets),
    "onprem.objectStorage.accessKeyId",
  );
  const bucket = settings.buckets.states.name;
  const key = `spacelift-preflight/${randomBytes(8).toString("hex")}`;
  const trial = { store, login, bucket, key };
  const location = await askSigned(store, login, `/${bucket}?location=`);
  if (errorCode(location) === "NoSuchBucket") {
    return objectsCheck.skipped(`tried once the bucket ${bucket} exists`);
  }
  let found: Finding;
  let left: string | undefined;
  try {
    found = await tried(trial);
  } finally {
    // Also when the check was given up in the middle.
    left = await removed({ ...trial, store: { ...store, signal: AbortSignal.timeout(CLEANING_MS) } });
  }
  if (found.status === "passed" && left !== undefined) {
    return objectsCheck.warning(
      `${key} stays in ${bucket}: ${left}`,
      `delete it with all versions, and let ${login.accessKeyId} delete objects and versions in ${bucket}`,
    );
  }
  return found;
}

async function tried({ store, login, bucket, key }: Trial): Promise<Finding> {
  const path = `/${bucket}/${key}`;
  const { host } = new URL(store.origin);
  for (const body of ["first", "second"]) {
    const written = await askSigned(store, login, path, { method: "PUT", body, timeoutMs: WRITING_MS });
    if (written.status !== 200) {
      return objectsCheck.failed(
        `${login.accessKeyId} cannot write to ${bucket}: ${codeOf(written)}`,
        `let ${login.accessKeyId} read, write, list and delete objects and versions in the buckets`,
      );
    }
  }
  const setting = await askSigned(store, login, `/${bucket}?versioning=`);
  const isVersioned = setting.text.includes("<Status>Enabled</Status>");
  const listed = await askSigned(store, login, versionsOf(bucket, key));
  if (!listed.text.includes("<ListVersionsResult")) {
    return objectsCheck.failed(
      `${login.accessKeyId} cannot list versions in ${bucket}: ${codeOf(listed)}`,
      `let ${login.accessKeyId} list them; where the server has none, use another: Spacelift needs versions of states`,
    );
  }
  const kept = versionIds(listed.text).length;
  if (isVersioned && kept < 2) {
    return objectsCheck.failed(
      `versioning is enabled on ${bucket}, and of two versions that were written ${kept} is listed`,
      "see that the server is set up to keep versions",
    );
  }
  const fetched = await requestPeer(store, presignedPath(store, login, path));
  if (fetched.status !== 200 || fetched.text !== "second") {
    return objectsCheck.failed(
      `a pre-signed URL at ${host} gives ${fetched.status === 200 ? "something else" : codeOf(fetched)}`,
      "a proxy must pass `Host`, path and query on unchanged",
    );
  }
  return objectsCheck.passed(
    `${login.accessKeyId} wrote, ${isVersioned ? "listed two versions, " : ""}fetched by a pre-signed URL, and deleted in ${bucket}`,
  );
}

/** Takes away every version of the object; gives what stands against it. */
async function removed({ store, login, bucket, key }: Trial): Promise<string | undefined> {
  try {
    const path = `/${bucket}/${key}`;
    const listed = await askSigned(store, login, versionsOf(bucket, key));
    // Where versions are kept, a deletion without a version leaves a marker.
    const paths = listed.text.includes("<ListVersionsResult")
      ? versionIds(listed.text).map((id) => `${path}?versionId=${encodeURIComponent(id)}`)
      : [path];
    for (const each of paths) {
      const answer = await askSigned(store, login, each, { method: "DELETE" });
      if (answer.status >= 300 && answer.status !== 404) return codeOf(answer);
    }
    const again = await askSigned(store, login, path);
    return again.status === 404 ? undefined : `it is deleted, and answers with status ${again.status}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const codeOf = (answer: Parameters<typeof errorCode>[0] & { readonly status: number }): string =>
  errorCode(answer) ?? `status ${answer.status}`;

const versionsOf = (bucket: string, key: string): string =>
  `/${bucket}?prefix=${encodeURIComponent(key)}&versions=`;

const versionIds = (text: string): readonly string[] =>
  [...text.matchAll(/<VersionId>([^<]+)<\/VersionId>/g)].map(([, id = ""]) => id);
