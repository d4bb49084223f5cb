import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { parseJson } from "../../peers/json";
import { ArchiveError, imageRoles, readArchive, type ReleaseArchive } from "./archive";

const image = z.object({ reference: z.string(), tag: z.string(), id: z.string(), member: z.string() });
const schema = z.object({
  path: z.string(),
  extracted: z.boolean(),
  sha256: z.string().optional(),
  images: z.object({ backend: image, launcher: image }),
});

/** Folder that remembers what archives hold: `$XDG_CACHE_HOME` or `~/.cache`, below a folder of this program. */
export function archiveCacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(base, "spacelift-selfhosted-pulumi", "archives");
}

async function fingerprint(path: string): Promise<string> {
  // Whoever copies a file may set its time of modification, to what it was before as well; that of its last change nobody can.
  const { size, mtimeMs, ctimeMs, ino } = await stat(path);
  return `${path} ${size} ${mtimeMs} ${ctimeMs} ${ino}`;
}

async function cacheKey(path: string): Promise<string> {
  const stats = await stat(path);
  const files = stats.isDirectory()
    ? imageRoles.map((role) => join(path, "container-images", `spacelift-${role}.tar`))
    : [path];
  const prints = await Promise.all(files.map(fingerprint));
  return createHash("sha256").update(prints.join("\n")).digest("hex");
}

/**
 * {@link readArchive}, remembered: an archive of gigabytes is read once, not at every preview. A file that changed in
 * size, time or inode is read again.
 *
 * @throws ArchiveError as well when it changes while it is read: half of it would be of one archive, and half of another
 */
export async function readArchiveCached(path: string, directory: string): Promise<ReleaseArchive> {
  let key: string;
  try {
    key = await cacheKey(path);
  } catch {
    // Something is missing; reading it says what.
    return readArchive(path);
  }
  const file = join(directory, `${key}.json`);
  const remembered = await readRemembered(file);
  if (remembered) return remembered;
  const archive = await readArchive(path);
  if ((await cacheKey(path).catch(() => undefined)) !== key)
    throw new ArchiveError("changed while it was read; run this again when it is complete");
  await remember(directory, file, archive);
  return archive;
}

async function remember(directory: string, file: string, archive: ReleaseArchive): Promise<void> {
  const temporary = `${file}.${process.pid}`;
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(temporary, JSON.stringify(archive));
    await rename(temporary, file);
  } catch {
    // A disk that is full, or a home that may not be written to, costs time at the next run and nothing else.
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

async function readRemembered(file: string): Promise<ReleaseArchive | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    return undefined;
  }
  // One that another version wrote, or that was cut off, is as good as none.
  const remembered = schema.safeParse(parseJson(text));
  if (!remembered.success) return undefined;
  const { sha256, ...rest } = remembered.data;
  return sha256 === undefined ? rest : { ...rest, sha256 };
}
