import { gunzipSync } from "node:zlib";
import { z } from "zod";
import type { CallOptions, KubeClient } from "./kube-client";
import { KubeError } from "./kube-error";
import { objectSchema, stringMap } from "./metadata";

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

const secretSchema = z.object({ data: stringMap });
const MAGIC = Buffer.from([0x1f, 0x8b]);

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
  const path = `/api/v1/namespaces/${namespace}/secrets/${newest.secretName}`;
  const { data } = await client.read(path, secretSchema, options);
  return decodeHelmRelease(data["release"] ?? "");
}

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
    const text = packed.subarray(0, 2).equals(MAGIC) ? gunzipSync(packed) : packed;
    return JSON.parse(text.toString("utf8"));
  } catch {
    // Neither zlib nor the parser says anything of use, and a release's values may be secret.
    return undefined;
  }
}
