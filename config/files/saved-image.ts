import { pipeline } from "node:stream/promises";
import { extract } from "tar-stream";
import { z } from "zod";

/** An image as `docker image save` wrote it. */
export interface SavedImage {
  /** The reference it is loaded as, such as `spacelift-backend:v3.0.0`. */
  readonly reference: string;
  /** The tag of that reference: the release. */
  readonly tag: string;
  /** Name of the image's configuration, which is its content address: the same name means the same image. */
  readonly id: string;
}

const manifestSchema = z
  .array(z.object({ Config: z.string().min(1), RepoTags: z.array(z.string()).nullable() }))
  .min(1);

async function readText(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * Reads the manifest of a saved image from a tar stream, which it drains.
 *
 * @param name what to call the image in an error
 * @throws Error when the tar is damaged, has no manifest or its image has no tag
 */
export async function readImage(name: string, tar: AsyncIterable<unknown>): Promise<SavedImage> {
  const entries = extract();
  let manifest: string | undefined;
  const reading = (async () => {
    for await (const entry of entries) {
      if (entry.header.name === "manifest.json") manifest = await readText(entry);
      else entry.resume();
    }
  })();
  // Both sides fail together; the first failure is the cause.
  await Promise.all([pipeline(tar, entries), reading]);
  if (manifest === undefined) throw new Error(`${name} is no saved image: it has no manifest.json`);
  const image = manifestSchema.parse(JSON.parse(manifest))[0];
  const reference = image?.RepoTags?.[0];
  if (!image || reference === undefined) throw new Error(`${name} holds an image without a tag`);
  const tag = reference.slice(reference.lastIndexOf(":") + 1);
  return { reference, tag, id: image.Config.replace(/^blobs\/sha256\//, "").replace(/\.json$/, "") };
}
