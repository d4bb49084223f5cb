import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { opendir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { concealed } from "../concealed";
import { assertRegular, FileError } from "../../peers/files";
import { gunzip } from "./gunzip";
import { parseSavedManifest } from "./saved-manifest";
import { ENOUGH, type Visit, walkTar } from "./tar";

/** The two images of a release. */
export const imageRoles = ["backend", "launcher"] as const;

export type ImageRole = (typeof imageRoles)[number];

/** An image as `docker image save` wrote it. */
interface SavedImage {
  /** The reference it is loaded as, such as `spacelift-backend:v3.0.0`. */
  readonly reference: string;
  /** The tag of that reference: the release. */
  readonly tag: string;
  /** Name of the image's configuration, which is its content address: the same name means the same image. */
  readonly id: string;
}

/** An image in the vendor's archive. */
export interface ArchivedImage extends SavedImage {
  /** Where it is: the path inside the archive, or of the file in the extracted directory. */
  readonly member: string;
}

export interface ReleaseArchive {
  /** Absolute path of the archive or the extracted directory. */
  readonly path: string;
  /** Whether it is a directory the archive was extracted to. */
  readonly extracted: boolean;
  /** SHA-256 of the archive; undefined for a directory. */
  readonly sha256?: string;
  readonly images: Readonly<Record<ImageRole, ArchivedImage>>;
}

/** The archive cannot be used; the message says what is wrong with it, in words that follow its path. */
export class ArchiveError extends Error {}

const isImage = (path: string): ImageRole | undefined =>
  imageRoles.find((role) => path.endsWith(`container-images/spacelift-${role}.tar`));

function complete(images: Partial<Record<ImageRole, ArchivedImage>>): Record<ImageRole, ArchivedImage> {
  const { backend, launcher } = images;
  if (!backend || !launcher) {
    const missing = imageRoles
      .filter((role) => !images[role])
      .map((role) => `container-images/spacelift-${role}.tar`);
    throw new ArchiveError(`lacks ${missing.join(" and ")}`);
  }
  return { backend, launcher };
}

/**
 * Reads `self-hosted-vX.Y.Z.tar.gz`, or the directory it was extracted to, from end to end: the images it holds and its
 * checksum.
 *
 * @throws ArchiveError when it is missing, damaged or lacks an image
 */
export async function readArchive(path: string): Promise<ReleaseArchive> {
  let stats;
  try {
    stats = await stat(path);
  } catch (error) {
    throw new ArchiveError("does not exist", { cause: error });
  }
  return readable(() => (stats.isDirectory() ? readDirectory(path) : readTarball(path)));
}

/** Reads, and says of anything that goes wrong on the way that the archive is damaged. */
async function readable<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    if (error instanceof FileError) throw new ArchiveError(error.message, { cause: error });
    const reason = error instanceof Error ? error.message : String(error);
    throw new ArchiveError(`is damaged (${reason}); download it again`, { cause: error });
  }
}

const READ_AT_ONCE = 1 << 20;

async function readTarball(path: string): Promise<ReleaseArchive> {
  await assertRegular(path);
  const images: Partial<Record<ImageRole, ArchivedImage>> = {};
  const hash = createHash("sha256");
  const file = createReadStream(path, { highWaterMark: READ_AT_ONCE });
  file.on("data", (chunk) => hash.update(chunk));
  await walkTar(file, gunzip(), async (entry) => {
    const member = entry.header.name.replace(/^\.\//, "");
    const role = isImage(member);
    if (role === undefined) return undefined;
    // With the method `docker`, tar is asked for it by its name.
    if (!isInside(member)) throw new ArchiveError(`holds ${concealed(member)}, which leads out of it`);
    if (images[role]) throw new ArchiveError(`holds two files container-images/spacelift-${role}.tar`);
    images[role] = { ...(await readImage(member, entry)), member: entry.header.name };
    return undefined;
  });
  return { path, extracted: false, sha256: hash.digest("hex"), images: complete(images) };
}

/**
 * Shows a visitor each entry of a saved image, without unpacking the archive it is in.
 *
 * @param onSize hears how many bytes the saved image has
 * @throws ArchiveError when the archive, or the image in it, is missing or damaged
 */
export async function walkImage(
  { path, extracted, member }: Pick<ReleaseArchive, "path" | "extracted"> & Pick<ArchivedImage, "member">,
  visit: Visit,
  onSize: (bytes: number) => void = () => undefined,
): Promise<void> {
  let isFound = extracted;
  const open = (file: string): Readable => createReadStream(file, { highWaterMark: READ_AT_ONCE });
  await readable(async () => {
    if (extracted) {
      onSize((await stat(member)).size);
      // Not opened before: somebody has to listen to its errors from the start.
      return walkTar(open(member), [], visit);
    }
    return walkTar(open(path), gunzip(READ_AT_ONCE), async (entry) => {
      if (entry.header.name !== member) return undefined;
      isFound = true;
      onSize(entry.header.size);
      await walkTar(entry, [], visit);
      return ENOUGH;
    });
  });
  if (!isFound) throw new ArchiveError(`lacks ${member}`);
}

async function readDirectory(path: string): Promise<ReleaseArchive> {
  const images: Partial<Record<ImageRole, ArchivedImage>> = {};
  const folder = basename(path) === "container-images" ? path : join(path, "container-images");
  try {
    for await (const file of await opendir(folder)) {
      const role = isImage(`container-images/${file.name}`);
      if (role === undefined) continue;
      const member = join(folder, file.name);
      await assertRegular(member);
      const tar = createReadStream(member, { highWaterMark: READ_AT_ONCE });
      images[role] = { ...(await readImage(file.name, tar)), member };
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new ArchiveError("has no folder container-images", { cause: error });
    }
    throw error;
  }
  return { path, extracted: true, images: complete(images) };
}

/** What a manifest may have: it lists the layers of one image. */
const MOST_MANIFEST = 1024 * 1024;

/** Name of an image's configuration: in the layout of OCI, and in the legacy one. */
const contentAddress = /^(?:blobs\/sha256\/)?([0-9a-f]{64})(?:\.json)?$/;

/** A reference with a tag (https://docs.docker.com/reference/cli/docker/image/tag/). */
const tagged = /^[\w.:/-]+:(\w[\w.-]{0,127})$/;

/** Whether a path stays in the folder it starts from, and is no option of a command. */
const isInside = (path: string): boolean =>
  !/^[/-]/.test(path) && !path.split("/").includes("..") && !/\p{Cc}/u.test(path);

/**
 * Reads the manifest of a saved image from a tar stream, which it drains.
 *
 * @param name what to call the image in an error
 * @throws Error when the tar is damaged, has no manifest or its image has no tag
 */
async function readImage(name: string, tar: AsyncIterable<unknown>): Promise<SavedImage> {
  let manifest: string | undefined;
  await walkTar(tar, [], async (entry) => {
    if (entry.header.name !== "manifest.json") return undefined;
    if (entry.header.size > MOST_MANIFEST) throw new Error(`the manifest.json of ${name} is too large`);
    manifest = await text(entry);
    return undefined;
  });
  if (manifest === undefined) throw new Error(`${name} is no saved image: it has no manifest.json`);
  const image = parseSavedManifest(manifest)?.[0];
  const id = contentAddress.exec(image?.Config ?? "")?.[1];
  if (!image || id === undefined) throw new Error(`${name} has a manifest.json that is not understood`);
  const reference = image.RepoTags?.[0] ?? "";
  const tag = tagged.exec(reference)?.[1];
  if (tag === undefined) throw new Error(`${name} holds an image without a tag`);
  return { reference, tag, id };
}
