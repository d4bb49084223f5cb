import { z } from "zod";
import { walkImage } from "../config/files/archive";
import { parseSavedManifest } from "../config/files/saved-manifest";
import { parseJson } from "../peers/json";
import { PushError } from "./errors";
import {
  type Compression,
  type EarlySink,
  KEPT_OF_ALL,
  KEPT_OF_ONE,
  type PackedFile,
  packFile,
} from "./pack";

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

/** What goes along with the reading of an image. */
export interface Along {
  readonly begin?: () => EarlySink | undefined;
  readonly onRead?: (readBytes: number, totalBytes: number) => void;
}

/**
 * Reads an image from end to end: what is to be sent, with the digests it will have. Of layers, only small ones are kept.
 *
 * @param along what takes the large ones on the way, and hears how far the reading is. @default - nothing
 * @throws PushError or ArchiveError when it is damaged, not the image that was asked for, or more than one
 */
export async function readSavedImage(
  image: SavedImageFile,
  { begin = () => undefined, onRead = () => undefined }: Along = {},
): Promise<SavedImage> {
  const files = new Map<string, PackedFile>();
  const links = new Map<string, string>();
  let room = KEPT_OF_ALL;
  let total = 0;
  let read = 0;
  await walkImage(
    image,
    async (entry) => {
      const { name, type, linkname } = entry.header;
      if (type === "symlink" || type === "link") links.set(name, targetOf(name, type, linkname));
      if (type !== "file") return undefined;
      const file = await packFile(entry, Math.min(KEPT_OF_ONE, room), begin, (bytes) => {
        read += bytes;
        onRead(read, total);
      });
      room -= file.packed?.length ?? 0;
      files.set(name, file);
      return undefined;
    },
    (bytes) => (total = bytes),
  );
  // What is between the files counts as well.
  onRead(total, total);
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

/** With its name, which is another one than that of a link to it. */
type FoundFile = PackedFile & Pick<Blob, "file">;

const configSchema = z.object({ rootfs: z.object({ diff_ids: z.array(z.string()) }) });

function describe({ id, member }: SavedImageFile, find: (name: string) => FoundFile | undefined): SavedImage {
  const damaged = (why: string): PushError =>
    new PushError(`${member} is damaged (${why}); download the archive again`);
  const textOf = (name: string): string => find(name)?.text?.toString("utf8") ?? "";
  const manifests = parseSavedManifest(textOf("manifest.json"));
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
  const named = /[0-9a-f]{64}/.exec(manifest.Config)?.[0] ?? id;
  if (named !== id)
    throw new PushError(
      `${member} is another image than was planned: the archive has changed since; run this again`,
    );
  const config = find(manifest.Config);
  if (config?.text === undefined) throw damaged(`it lacks ${manifest.Config}`);
  if (config.raw !== id) throw damaged(`its image is ${config.raw}, not ${id}`);
  const diffIds = configSchema.safeParse(parseJson(textOf(manifest.Config))).data?.rootfs.diff_ids;
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
