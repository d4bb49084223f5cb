import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { text as readText } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";

/** An image found in an archive. */
export interface ArchivedImage {
  /** Identity, as `sha256:…`. */
  readonly id: string;
  /** References under which it was saved. */
  readonly tags: readonly string[];
}

/** Reads which images an archive made by `docker image save` holds, plain or gzipped; throws when it is not one. */
export async function readImageArchive(stream: Readable): Promise<ArchivedImage[]> {
  const archive = extract();
  let manifest: string | undefined;
  archive.on("entry", (header, content, next) => {
    const read =
      header.name === "manifest.json" ? readText(content).then((found) => (manifest = found)) : skip(content);
    read.then(() => {
      next();
    }, next);
  });
  await pipeline([...(await decompressed(stream)), archive]);
  if (manifest === undefined) throw new Error("invalid archive: does not contain a manifest.json");
  return parseManifest(manifest);
}

function parseManifest(manifest: string): ArchivedImage[] {
  const images: unknown = JSON.parse(manifest);
  if (!Array.isArray(images)) throw new Error("invalid manifest.json: expected a list");
  return images.map((image: unknown) => {
    if (typeof image !== "object" || image === null)
      throw new Error("invalid manifest.json: expected objects");
    const config = "Config" in image ? String(image.Config) : "";
    const tags = "RepoTags" in image && Array.isArray(image.RepoTags) ? image.RepoTags.map(String) : [];
    // Docker names the configuration by its digest; an archive made by hand may not.
    const digest =
      /[0-9a-f]{64}/.exec(config)?.[0] ?? createHash("sha256").update(JSON.stringify(image)).digest("hex");
    return { id: `sha256:${digest}`, tags };
  });
}

/** Puts a decompressor behind a stream that starts with the mark of gzip. */
async function decompressed(stream: Readable): Promise<NodeJS.ReadWriteStream[] | Readable[]> {
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await iterator.next();
  if (first.done === true) throw new Error("open archive: unexpected EOF");
  const head = first.value;
  async function* whole(): AsyncGenerator<Buffer> {
    yield head;
    for (let chunk = await iterator.next(); chunk.done !== true; chunk = await iterator.next())
      yield chunk.value;
  }
  const source = Readable.from(whole());
  return head[0] === 0x1f && head[1] === 0x8b ? [source, createGunzip()] : [source];
}

/** Reads over a file without keeping it, and answers how long it was. */
async function skip(content: AsyncIterable<unknown>): Promise<number> {
  let length = 0;
  for await (const chunk of content) length += chunk instanceof Uint8Array ? chunk.length : 0;
  return length;
}
