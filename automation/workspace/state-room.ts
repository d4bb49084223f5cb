import { statfs } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { SpaceliftError } from "../errors";

/** The engine writes the state anew at each step, beside what it has of it as a copy and as history: some times what it is. */
const NEEDED_BYTES = 16 << 20;

/** Gives the bytes that are free where a folder is, or will be; undefined where that cannot be known. */
export type FreeBytes = (folder: string) => Promise<number | undefined>;

const freeBytes: FreeBytes = async (folder) => {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    const above = dirname(folder);
    return above === folder ? undefined : freeBytes(above);
  }
};

/**
 * Refuses to change a stack whose state is kept as files where there is hardly any room for it. The engine's library puts
 * what it could write of a file in the place of the whole one when the disk is full (gocloud.dev, `Bucket.WriteAll`, closes a
 * writer that failed, and `fileblob` renames upon that): the state would be cut off, and the copy beside it with it.
 *
 * @throws SpaceliftError `SPACELIFT_BACKEND_UNREACHABLE`
 */
export async function assertRoomForState(backend: string, free: FreeBytes = freeBytes): Promise<void> {
  const path = /^file:\/\/([^?]*)/.exec(backend)?.[1];
  if (path === undefined) return;
  const folder = path.startsWith("~") ? join(homedir(), path.slice(1)) : path;
  const bytes = await free(folder);
  if (bytes === undefined || bytes >= NEEDED_BYTES) return;
  const [left, needed] = [Math.floor(bytes / 1024), NEEDED_BYTES >> 20];
  throw new SpaceliftError(
    "SPACELIFT_BACKEND_UNREACHABLE",
    `the state backend "${backend}" has hardly any space left on its device: ${left} kB, and a state that finds none is cut off; nothing was changed`,
    { fix: `make room for at least ${needed} MB in ${folder}, and run it again` },
  );
}
