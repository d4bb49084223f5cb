import { appendFile, readFile, rename, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

/** Makes an archive another, or none; `other` is a whole archive of the same release with other images. */
export type ArchiveChange = (path: string, other: string) => Promise<void>;

/** So slowly is an archive written that is read meanwhile. */
const PIECES = 10;
const PAUSE_MS = 100;

/** How an archive changes, in words that follow "archive". */
export const archiveChanges: Readonly<Record<string, ArchiveChange>> = {
  "replaced by another of its name": async (path, other) => rename(other, path),
  "written over, its time turned back": async (path, other) => {
    const { atime, mtime } = await stat(path);
    await writeFile(path, await readFile(other));
    await utimes(path, atime, mtime);
  },
  "being written": async (path, other) => {
    const content = await readFile(other);
    const size = Math.ceil(content.length / PIECES);
    await truncate(path, 0);
    for (let at = 0; at < content.length; at += size) {
      await appendFile(path, content.subarray(at, at + size));
      await pause(PAUSE_MS);
    }
  },
  "cut off": async (path) => truncate(path, (await stat(path)).size >> 1),
  "taken away": async (path) => rm(path),
};
