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
    const why = error instanceof Error ? error.message : String(error);
    throw fullDisk(error, parent) ?? noFolder(`no folder can be made in ${parent}: ${why}`, error);
  });
}

/** An error of the system that has no room for a file, with the folder: the system's own words name none. Any other stays. */
export const namingFullDisk = (error: unknown, folder: string): unknown => fullDisk(error, folder) ?? error;

function fullDisk(error: unknown, folder: string): SpaceliftError | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOSPC" || code === "EDQUOT"
    ? noFolder(`no space left on the device of ${folder}, where temporary files go`, error)
    : undefined;
}

const noFolder = (message: string, cause: unknown): SpaceliftError =>
  new SpaceliftError("SPACELIFT_ENGINE_FAILED", message, {
    fix: "make room there, or name another folder by TMPDIR",
    cause,
  });
