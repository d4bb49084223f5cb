import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SpaceliftError } from "../errors";

/**
 * Makes a folder for temporary files.
 *
 * @throws SpaceliftError where that cannot be done, as the disk is full or nobody may write there
 */
export async function temporaryFolder(prefix: string, parent = tmpdir()): Promise<string> {
  return mkdtemp(join(parent, prefix)).catch((error: unknown) => {
    throw namingFullDisk(error, parent, `no folder can be made in ${parent}`);
  });
}

/** An error of the system that has no room for a file, with the folder: the system's own words name none. Any other stays. */
export function namingFullDisk(error: unknown, folder: string, otherwise?: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  if (!isFull && otherwise === undefined) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new SpaceliftError(
    "SPACELIFT_ENGINE_FAILED",
    isFull
      ? `no space left on the device of ${folder}, where temporary files go`
      : `${otherwise ?? ""}: ${why}`,
    { fix: "make room there, or name another folder by TMPDIR", cause: error },
  );
}
