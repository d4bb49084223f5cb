import { createHash } from "node:crypto";
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { type ReleaseArchive, imageRoles, readArchive } from "./archive";

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
  const { size, mtimeMs, ino } = await stat(path);
  return `${path} ${size} ${mtimeMs} ${ino}`;
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
 */
export async function readArchiveCached(path: string, directory: string): Promise<ReleaseArchive> {
  let file: string;
  try {
    file = join(directory, `${await cacheKey(path)}.json`);
  } catch {
    // Something is missing; reading it says what.
    return readArchive(path);
  }
  const remembered = await readRemembered(file);
  if (remembered) return remembered;
  const archive = await readArchive(path);
  await mkdir(directory, { recursive: true });
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, JSON.stringify(archive));
  await rename(temporary, file);
  return archive;
}

async function readRemembered(file: string): Promise<ReleaseArchive | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    return undefined;
  }
  const { sha256, ...rest } = schema.parse(JSON.parse(text));
  return sha256 === undefined ? rest : { ...rest, sha256 };
}
