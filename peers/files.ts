import { open, stat } from "node:fs/promises";

/** A path leads to something that cannot be taken; the message says what it is. */
export class FileError extends Error {}

/**
 * Makes sure of a regular file, which neither keeps its readers waiting, as a pipe does, nor goes on for ever.
 *
 * @throws FileError, or the system's error when there is nothing
 */
export async function assertRegular(path: string): Promise<void> {
  const stats = await stat(path);
  // Of a directory, the system says itself that it cannot be read.
  if (!stats.isFile() && !stats.isDirectory()) throw new FileError("is no regular file");
}

/**
 * Reads a file of text.
 *
 * @param most bytes it may have
 * @throws FileError, or the system's error when it cannot be read
 */
export async function readText(path: string, most: number): Promise<string> {
  await assertRegular(path);
  const file = await open(path);
  try {
    // Files of /proc say that they have none.
    const { bytesRead, buffer } = await file.read(Buffer.alloc(most + 1), 0, most + 1, 0);
    if (bytesRead > most) throw new FileError(`has more than ${most / 1024} KB`);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Why a file cannot be read: the system's error code (`ENOENT`), or what is in its place. */
export function readProblem(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
