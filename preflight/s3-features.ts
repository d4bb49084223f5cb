import { bucketsOf, type PlannedBucket } from "../components/buckets";
import { required, setCommand } from "../config/problems";
import type { HttpResponse } from "../peers/http";
import { type CheckContext, type Finding, finding } from "./check";
import { askSigned, errorCode, type Login, type ObjectStore } from "./object-store";

const versioningCheck = finding("object-storage.versioning", "Versions of objects");
const lifecycleCheck = finding("object-storage.lifecycle", "Lifecycle rules");

/** What a server says when it is asked for a part of a bucket: its text, or why there is none. */
type Part = { readonly text: string } | { readonly lacks: "feature" | "bucket" | "right" | "part" };

/**
 * Asks for a part of a bucket. A server that lacks it says so, or takes the question for another one and answers that:
 * only the right root element is an answer (versitygw 1.0.14 lists the objects when it is asked for the rules).
 *
 * @param root name of the root element
 */
async function partOf(
  store: ObjectStore,
  login: Login,
  bucket: string,
  { query, root }: { readonly query: string; readonly root: string },
): Promise<Part> {
  const answer = await askSigned(store, login, `/${bucket}?${query}`);
  if (answer.status === 200 && answer.text.includes(`<${root}`)) return { text: answer.text };
  return { lacks: lackOf(answer) };
}

function lackOf(answer: HttpResponse): "feature" | "bucket" | "right" | "part" {
  switch (errorCode(answer) ?? "") {
    case "NoSuchBucket":
      return "bucket";
    case "NoSuchLifecycleConfiguration":
      return "part";
    case "AccessDenied":
      return "right";
    default:
      return "feature";
  }
}

const versioning = { query: "versioning=", root: "VersioningConfiguration" };
const versions = { query: "max-keys=1&versions=", root: "ListVersionsResult" };
const rules = { query: "lifecycle=", root: "LifecycleConfiguration" };

const another = "use a server that has them: Spacelift needs versions of states";

/** Whether the server keeps versions of objects, and has rules by which they expire. */
export async function featureFindings(
  { settings }: CheckContext,
  store: ObjectStore,
  login: Login,
): Promise<readonly Finding[]> {
  const storage = required(settings.onprem, "onprem").objectStorage;
  const planned = bucketsOf(settings);
  return Promise.all([
    storage.createBuckets
      ? findVersions(store, login, settings.buckets.states.name)
      : findEnabled(
          store,
          login,
          planned.filter((bucket) => bucket.versioned),
        ),
    storage.lifecycle
      ? findRules(store, login, settings.buckets.uploads.name, storage.createBuckets)
      : lifecycleCheck.skipped("`lifecycle` is off: you delete what is old"),
  ]);
}

/** Whether versions can be listed and asked for; that they are kept is seen by writing. */
async function findVersions(store: ObjectStore, login: Login, bucket: string): Promise<Finding> {
  for (const part of [versioning, versions]) {
    const found = await partOf(store, login, bucket, part);
    if ("text" in found) continue;
    if (found.lacks === "bucket") {
      return versioningCheck.skipped(`seen once the bucket ${bucket} exists`);
    }
    if (found.lacks === "right") {
      return versioningCheck.skipped(`${login.accessKeyId} may not ask for those of ${bucket}`);
    }
    return versioningCheck.failed("the server has no versions of objects", another);
  }
  return versioningCheck.passed("the server has versions of objects");
}

/** Whether buckets that the operator made keep versions. */
async function findEnabled(
  store: ObjectStore,
  login: Login,
  buckets: readonly PlannedBucket[],
): Promise<Finding> {
  const found: Part[] = [];
  for (const { name } of buckets) found.push(await partOf(store, login, name, versioning));
  if (found.some((part) => "lacks" in part && part.lacks === "feature")) {
    return versioningCheck.failed("the server has no versions of objects", another);
  }
  if (found.some((part) => "lacks" in part && part.lacks === "right")) {
    return versioningCheck.skipped(`${login.accessKeyId} may not ask whether the buckets keep versions`);
  }
  const without = buckets.filter((_, index) => {
    const part = found[index];
    return part !== undefined && "text" in part && !part.text.includes("<Status>Enabled</Status>");
  });
  if (without.length === 0) return versioningCheck.passed("the buckets that exist keep versions");
  const reason = `versioning is not enabled on ${without.map(({ name }) => name).join(", ")}`;
  const fix = `run \`aws --endpoint-url ${store.origin} s3api put-bucket-versioning --versioning-configuration Status=Enabled --bucket <bucket>\` for each`;
  return without.some(({ role }) => role === "states")
    ? versioningCheck.failed(reason, fix)
    : versioningCheck.warning(reason, fix);
}

async function findRules(
  store: ObjectStore,
  login: Login,
  bucket: string,
  creates: boolean,
): Promise<Finding> {
  const found = await partOf(store, login, bucket, rules);
  if ("text" in found) return lifecycleCheck.passed(`the rules of ${bucket} can be read`);
  switch (found.lacks) {
    case "part":
      return creates
        ? lifecycleCheck.passed("the server has lifecycle rules")
        : lifecycleCheck.warning(
            `${bucket} has no rules: its objects stay for ever`,
            "set the rules that docs/operations.md lists",
          );
    case "bucket":
      return lifecycleCheck.skipped(`seen once the bucket ${bucket} exists`);
    case "right":
      return lifecycleCheck.skipped(`${login.accessKeyId} may not read the rules of ${bucket}`);
    case "feature":
      return creates
        ? lifecycleCheck.failed(
            "the server has no lifecycle rules",
            `${setCommand("onprem.objectStorage.lifecycle", false)}, and delete what is old by other means`,
          )
        : lifecycleCheck.warning("the server has no lifecycle rules", "delete what is old by other means");
  }
}
