import { setCommand } from "../config/problems";
import { type HttpResponse } from "../peers/http";
import { type CheckContext, type Finding, finding } from "./check";
import { askSigned, errorCode, type Login, type ObjectStore } from "./object-store";

const regionCheck = finding("object-storage.region", "Region of the object storage");

/** Codes with which a client looks for the region in the answer. */
const refusals: readonly string[] = ["AuthorizationHeaderMalformed", "InvalidRegion"];

/** Whether an answer refuses the region of the signature: by a code, or (versitygw 1.0.14) by the words of AWS alone. */
export const isOfAnotherRegion = (answer: HttpResponse): boolean =>
  refusals.includes(errorCode(answer) ?? "") ||
  (answer.status >= 400 && answer.text.includes("scoped to a valid Region"));

/** The region that an answer names. */
const regionOf = ({ text }: HttpResponse): string | undefined => /<Region>([\w-]+)<\/Region>/.exec(text)?.[1];

/** Says which region the server wants, from an answer that refuses another. */
export function refusedRegion(store: ObjectStore, answer: HttpResponse): Finding {
  const wanted = regionOf(answer);
  return regionCheck.failed(
    `${store.words.name} is configured with ${wanted ?? "another region"}, not with ${store.region}`,
    setCommand("onprem.objectStorage.region", wanted ?? "us-east-1"),
  );
}

/**
 * MinIO holds only requests about a bucket against the region; whether the bucket exists does not matter.
 *
 * Nobody tells the services a region: their client asks for that of a bucket, by a request signed for us-east-1
 * (minio-go 7.0.63, bucket-cache.go). What it makes of the answer is what it signs for.
 */
export async function findRegion(
  { settings }: CheckContext,
  store: ObjectStore,
  login: Login,
): Promise<Finding> {
  const bucket = settings.buckets.states.name;
  const list = `/${bucket}?list-type=2&max-keys=1`;
  const answer = await askSigned(store, login, list);
  if (isOfAnotherRegion(answer)) return refusedRegion(store, answer);
  const accepted = regionCheck.passed(`${store.region} is accepted`);
  if (store.region === DEFAULT_REGION) return accepted;
  const told = await askSigned(store, login, `/${bucket}?location=`, { region: DEFAULT_REGION });
  const learned = locationOf(told);
  const { name } = store.words;
  if (learned === "nothing yet" || learned.region === store.region) return accepted;
  const fix = `configure ${name} with ${DEFAULT_REGION}, then ${setCommand("onprem.objectStorage.region", DEFAULT_REGION)}`;
  if (learned.region === undefined) {
    return regionCheck.failed(
      `the services are told no region, and ${name} refuses to tell them: ${errorCode(told) ?? `status ${told.status}`}`,
      fix,
    );
  }
  // Some servers take any region.
  if (!isOfAnotherRegion(await askSigned(store, login, list, { region: learned.region }))) return accepted;
  return regionCheck.failed(
    `the services are told no region: asked for that of a bucket, ${name} does not say ${store.region}, and they take it for ${learned.region}`,
    fix,
  );
}

const DEFAULT_REGION = "us-east-1";

/** The region that the services' client takes from an answer, undefined where it gives up. */
function locationOf(answer: HttpResponse): { readonly region?: string } | "nothing yet" {
  if (answer.status === 200)
    return { region: /<LocationConstraint[^>]*>([\w-]+)</.exec(answer.text)?.[1] ?? DEFAULT_REGION };
  const code = errorCode(answer) ?? "";
  if (code === "NoSuchBucket") return "nothing yet";
  return [...refusals, "AccessDenied"].includes(code) ? { region: regionOf(answer) ?? DEFAULT_REGION } : {};
}
