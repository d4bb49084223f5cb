import { createHash } from "node:crypto";
import { once } from "node:events";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { createGzip, type Gzip } from "node:zlib";
import { z } from "zod";
import { walkImage } from "../config/files/archive";
import type { TarEntry } from "../config/files/tar";
import { parseJson } from "../peers/json";
import { PushError } from "./errors";

/** An image in the vendor's archive, as `docker image save` wrote it. */
export interface SavedImageFile {
  /** Absolute path of the archive, or of the directory it was extracted to. */
  readonly path: string;
  readonly extracted: boolean;
  /** Path of the image in the archive, or of its file. */
  readonly member: string;
  /** Content address of the image, 64 hexadecimal digits: that of its configuration. */
  readonly id: string;
}

/** How the file of a layer is compressed. */
export type Compression = "none" | "gzip" | "zstd";

/** Something a registry keeps, and where in the image it comes from. */
export interface Blob {
  /** `sha256:…` of what is sent. */
  readonly digest: string;
  /** Bytes that are sent. */
  readonly size: number;
  /** Name of the file in the image. */
  readonly file: string;
  /** How the file is compressed in the image: what is not compressed there, is when it is sent. */
  readonly compression: Compression;
  /** What is sent, where it is small enough to be kept. */
  readonly content?: Buffer;
}

export interface SavedImage {
  readonly config: Blob & { readonly content: Buffer };
  /** In order, the base first; a layer may be there twice. */
  readonly layers: readonly Blob[];
}

/** Fast rather than small: a further tenth of the size would take three times as long. */
const LEVEL = 1;

/** A compressor whose output depends on its input alone. */
export const compressor = (): Gzip => createGzip({ level: LEVEL, chunkSize: 256 << 10 });

/** Kept of what is compressed on the way, so that it need not be compressed a second time: one file, and all. */
const KEPT_OF_ONE = 8 << 20;
const KEPT_OF_ALL = 24 << 20;

/** Files that describe the image. Of Docker's own images, none has come near this. */
const DESCRIPTION_BYTES = 4 << 20;

/**
 * Reads an image from end to end: what is to be sent, with the digests it will have. Of layers, only small ones are kept.
 *
 * @throws PushError or ArchiveError when it is damaged, not the image that was asked for, or more than one
 */
export async function readSavedImage(image: SavedImageFile): Promise<SavedImage> {
  const files = new Map<string, PackedFile>();
  const links = new Map<string, string>();
  let room = KEPT_OF_ALL;
  await walkImage(image, async (entry) => {
    const { name, type, linkname } = entry.header;
    if (type === "symlink" || type === "link") links.set(name, targetOf(name, type, linkname));
    if (type !== "file") return undefined;
    const file = await packFile(entry, Math.min(KEPT_OF_ONE, room));
    room -= file.packed?.length ?? 0;
    files.set(name, file);
    return undefined;
  });
  return describe(image, (name) => {
    const file = links.get(name) ?? name;
    const packed = files.get(file);
    return packed && { file, ...packed };
  });
}

/** The file a link stands for: older releases of Docker write a layer that several images have once. */
function targetOf(name: string, type: string, linkname: string): string {
  if (type === "link") return linkname;
  return new URL(linkname, `tar:///${name}`).pathname.slice(1);
}

interface PackedFile {
  /** SHA-256 of the file as it is, in hexadecimal. */
  readonly raw: string;
  readonly compression: Compression;
  readonly digest: string;
  readonly size: number;
  /** The file as it is, when it is small. */
  readonly text?: Buffer;
  /** What is sent of it, when that is small. */
  readonly packed?: Buffer;
}

/** With its name, which is another one than that of a link to it. */
type FoundFile = PackedFile & Pick<Blob, "file">;

async function packFile(entry: TarEntry, keep: number): Promise<PackedFile> {
  const raw = createHash("sha256");
  const packed = new Digester(keep);
  const isSmall = entry.header.size <= DESCRIPTION_BYTES;
  const text: Buffer[] = [];
  let compression: Compression | undefined;
  let gzip: Gzip | undefined;
  for await (const chunk of entry as AsyncIterable<Buffer>) {
    raw.update(chunk);
    if (isSmall) text.push(chunk);
    compression ??= compressionOf(chunk);
    if (compression !== "none") packed.add(chunk);
    else {
      gzip ??= compressor().on("data", (piece: Buffer) => {
        packed.add(piece);
      });
      if (!gzip.write(chunk)) await once(gzip, "drain");
    }
  }
  if (gzip) {
    gzip.end();
    await finished(gzip);
  }
  const { digest, size, kept } = packed.end();
  return {
    raw: raw.digest("hex"),
    compression: compression ?? "none",
    digest,
    size,
    ...(isSmall && { text: Buffer.concat(text) }),
    ...(kept && { packed: kept }),
  };
}

/** By the first bytes of a file. */
function compressionOf(start: Buffer): Compression {
  if (start[0] === 0x1f && start[1] === 0x8b) return "gzip";
  return start.length >= 4 && start.readUInt32LE(0) === 0xfd2fb528 ? "zstd" : "none";
}

class Digester {
  private readonly hash = createHash("sha256");
  private chunks: Buffer[] | undefined = [];
  private size = 0;

  constructor(private readonly keep: number) {}

  add(chunk: Buffer): void {
    this.hash.update(chunk);
    this.size += chunk.length;
    if (this.size > this.keep) this.chunks = undefined;
    this.chunks?.push(chunk);
  }

  end(): { readonly digest: string; readonly size: number; readonly kept?: Buffer } {
    const kept = this.chunks && Buffer.concat(this.chunks);
    return { digest: `sha256:${this.hash.digest("hex")}`, size: this.size, ...(kept && { kept }) };
  }
}

const manifestSchema = z.array(
  z.object({
    Config: z.string(),
    Layers: z.array(z.string()),
    LayerSources: z.record(z.string(), z.object({ mediaType: z.string().default("") })).nullish(),
  }),
);

const configSchema = z.object({ rootfs: z.object({ diff_ids: z.array(z.string()) }) });

function describe({ id, member }: SavedImageFile, find: (name: string) => FoundFile | undefined): SavedImage {
  const damaged = (why: string): PushError =>
    new PushError(`${member} is damaged (${why}); download the archive again`);
  const json = (name: string): unknown => parseJson(find(name)?.text?.toString("utf8") ?? "");
  const manifests = manifestSchema.safeParse(json("manifest.json")).data;
  if (manifests === undefined) throw damaged("its manifest.json is missing or none");
  const [manifest, another] = manifests;
  if (manifest === undefined) throw damaged("it holds no image");
  if (another !== undefined) {
    throw new PushError(
      `${member} holds ${manifests.length} images, such as for several platforms; save one alone`,
    );
  }
  const foreign = Object.values(manifest.LayerSources ?? {}).find(({ mediaType }) =>
    mediaType.includes("foreign"),
  );
  if (foreign) {
    throw new PushError(
      `${member} has a layer that is kept elsewhere (${foreign.mediaType}) and is not in the archive; push the images with \`images.method: docker\``,
    );
  }
  const config = find(manifest.Config);
  if (config?.text === undefined) throw damaged(`it lacks ${manifest.Config}`);
  if (config.raw !== id) throw damaged(`its image is ${config.raw}, not ${id}`);
  const diffIds = configSchema.safeParse(json(manifest.Config)).data?.rootfs.diff_ids;
  if (diffIds?.length !== manifest.Layers.length) throw damaged("its configuration names other layers");
  const layers = manifest.Layers.map((name, index) => {
    const file = find(name);
    if (file === undefined) throw damaged(`it lacks the layer ${name}`);
    const expected = file.compression === "none" ? diffIds[index]?.replace("sha256:", "") : blobName(name);
    if (expected !== undefined && file.raw !== expected) throw damaged(`the layer ${name} has other content`);
    return blobOf(file);
  });
  return {
    config: {
      file: config.file,
      digest: `sha256:${config.raw}`,
      size: config.text.length,
      compression: "none",
      content: config.text,
    },
    layers,
  };
}

/** The content address in the name of a file of the OCI layout. */
const blobName = (name: string): string | undefined => /^blobs\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1];

const blobOf = ({ file, digest, size, compression, packed }: FoundFile): Blob => ({
  file,
  digest,
  size,
  compression,
  ...(packed && { content: packed }),
});

/** Writes a file of an image to a stream. A stream that ends early leaves the rest of the image readable. */
export async function feed(entry: TarEntry, sink: Writable): Promise<void> {
  for await (const chunk of entry as AsyncIterable<Buffer>) {
    if (sink.destroyed || sink.write(chunk)) continue;
    const settled = new AbortController();
    const options = { signal: settled.signal };
    await Promise.race([once(sink, "drain", options), once(sink, "close", options)]).catch(() => undefined);
    settled.abort();
  }
  if (!sink.destroyed) sink.end();
}
