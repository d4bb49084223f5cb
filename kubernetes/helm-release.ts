import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import { parseJson } from "../peers/json";
import type { CallOptions, KubeClient } from "./kube-client";
import { KubeError } from "./kube-error";
import { objectSchema, stringMap } from "./values";

const releaseSchema = z.object({
  name: z.string(),
  version: z.number().int(),
  info: z.object({
    status: z.string(),
    last_deployed: z.string().optional(),
    description: z.string().optional(),
  }),
  chart: z.object({
    metadata: z.object({ name: z.string(), version: z.string(), appVersion: z.string().optional() }),
  }),
  manifest: z.string(),
});

/** A revision of a Helm release, as Helm records it in the cluster. */
export interface HelmRelease {
  readonly name: string;
  readonly revision: number;
  /** `deployed`, `failed`, `pending-upgrade`, … */
  readonly status: string;
  /** ISO 8601. */
  readonly updated?: string;
  /** What Helm says about the last operation. */
  readonly description?: string;
  readonly chart: { readonly name: string; readonly version: string };
  /** Rendered objects, YAML. Holds no Secret's content, unless the chart renders Secrets. */
  readonly manifest: string;
}

const secretSchema = z.object({ data: stringMap, metadata: z.object({ resourceVersion: z.string() }) });
const recordSchema = z.looseObject({
  info: z.looseObject({ status: z.string(), deleted: z.string().optional() }),
  config: z.record(z.string(), z.unknown()).nullish(),
  hooks: z.array(z.unknown()).nullish(),
});
const MAGIC = Buffer.from([0x1f, 0x8b]);
/** Of a record: a Secret holds a megabyte, and what charts render becomes some ten times as small. */
const MOST_BYTES = 32 << 20;

/** A revision of a release, without its contents. */
export interface HelmRevision {
  readonly secretName: string;
  readonly revision: number;
  readonly status: string;
}

/** Revisions of a release, the newest first; empty when there is no release of that name. */
export async function helmRevisions(
  client: KubeClient,
  namespace: string,
  name: string,
  options: CallOptions,
): Promise<readonly HelmRevision[]> {
  const found = await client.list(`/api/v1/namespaces/${namespace}/secrets`, objectSchema, {
    ...options,
    labelSelector: `owner=helm,name=${name}`,
    metadataOnly: true,
  });
  return found
    .map(({ metadata: { name: secretName, labels } }) => ({
      secretName,
      revision: Number(labels["version"] ?? "0"),
      status: labels["status"] ?? "unknown",
    }))
    .sort((a, b) => b.revision - a.revision);
}

/** Reads the newest revision of a release; undefined when there is none. */
export async function findHelmRelease(
  client: KubeClient,
  namespace: string,
  name: string,
  options: CallOptions,
): Promise<HelmRelease | undefined> {
  const [newest] = await helmRevisions(client, namespace, name, options);
  if (!newest) return undefined;
  const { data } = await client.read(secretPath(namespace, newest), secretSchema, options);
  return decodeHelmRelease(data["release"] ?? "");
}

/** A record of a revision, to be judged and changed. Its values may be secret: not to be shown. */
export interface HelmRecord extends HelmRelease {
  readonly secretName: string;
  /** Changes with every change of the record. */
  readonly resourceVersion: string;
  /** The values that the chart was given. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Whether the chart has hooks, which run before and after its objects are there. */
  readonly hasHooks: boolean;
  /** When its removal began, ISO 8601; of a release that goes or is gone. */
  readonly removed?: string;
}

/** Reads the record of a revision, or undefined when it is gone. */
export async function findHelmRecord(
  client: KubeClient,
  namespace: string,
  revision: HelmRevision,
  options: CallOptions,
): Promise<HelmRecord | undefined> {
  const found = await client.find(secretPath(namespace, revision), secretSchema, options);
  if (!found) return undefined;
  const data = found.data["release"] ?? "";
  const { config, hooks, info } = understoodRecord(data);
  return {
    ...decodeHelmRelease(data),
    secretName: revision.secretName,
    resourceVersion: found.metadata.resourceVersion,
    values: config ?? {},
    hasHooks: (hooks ?? []).length > 0,
    // Empty for a release that nobody removes.
    ...((info.deleted ?? "") !== "" && { removed: info.deleted ?? "" }),
  };
}

/**
 * Records that the operation of a revision has failed, as Helm would have itself: its next upgrade starts from the last
 * revision that was deployed.
 *
 * @throws KubeError of kind `conflict` when somebody has written the record since it was read
 */
export async function markHelmFailed(
  client: KubeClient,
  namespace: string,
  record: HelmRecord,
  description: string,
  options: CallOptions,
): Promise<void> {
  const path = secretPath(namespace, record);
  const { data } = await client.read(path, secretSchema, options);
  const content = understoodRecord(data["release"] ?? "");
  const failed = { ...content, info: { ...content.info, status: "failed", description } };
  await client.patch(
    path,
    {
      metadata: { resourceVersion: record.resourceVersion, labels: { status: "failed" } },
      data: { release: encoded(failed) },
    },
    options,
  );
}

/**
 * Takes the records of a release away, the newest last, and leaves all its objects: an installation of the same name
 * takes over those that carry its annotations.
 */
export async function forgetHelmRelease(
  client: KubeClient,
  namespace: string,
  name: string,
  options: CallOptions,
): Promise<void> {
  const revisions = await helmRevisions(client, namespace, name, options);
  for (const revision of [...revisions].reverse())
    await client.remove(secretPath(namespace, revision), options);
}

const secretPath = (namespace: string, { secretName }: Pick<HelmRevision, "secretName">): string =>
  `/api/v1/namespaces/${namespace}/secrets/${secretName}`;

function understoodRecord(data: string): z.output<typeof recordSchema> {
  const record = recordSchema.safeParse(jsonOf(data));
  if (record.success) return record.data;
  throw new KubeError("answer", "the record of the Helm release is not understood");
}

/** What Helm's storage writes: gzip and base64 by Helm, base64 by Kubernetes. */
const encoded = (record: unknown): string =>
  Buffer.from(gzipSync(Buffer.from(JSON.stringify(record))).toString("base64")).toString("base64");

/**
 * Decodes what a Helm release's Secret holds: base64 by Kubernetes, base64 by Helm, gzip, JSON.
 *
 * @throws KubeError of kind `answer`
 */
export function decodeHelmRelease(data: string): HelmRelease {
  const release = releaseSchema.safeParse(jsonOf(data));
  if (!release.success) throw new KubeError("answer", "the record of the Helm release is not understood");
  const { name, version, info, chart, manifest } = release.data;
  return {
    name,
    revision: version,
    status: info.status,
    ...(info.last_deployed !== undefined && { updated: info.last_deployed }),
    ...(info.description !== undefined && { description: info.description }),
    chart: { name: chart.metadata.name, version: chart.metadata.version },
    manifest,
  };
}

function jsonOf(data: string): unknown {
  const packed = Buffer.from(Buffer.from(data, "base64").toString("utf8"), "base64");
  try {
    const isPacked = packed.subarray(0, 2).equals(MAGIC);
    const text = isPacked ? gunzipSync(packed, { maxOutputLength: MOST_BYTES }) : packed;
    return parseJson(text.toString("utf8"));
  } catch {
    // What zlib says is of no use.
    return undefined;
  }
}
