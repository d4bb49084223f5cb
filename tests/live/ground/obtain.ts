import { access, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { engineCacheFolder } from "../../../engine/installed";
import type { Progress } from "../../../engine/engine";
import { withLock } from "../../../engine/lock";

/**
 * The folder of something that takes long to obtain, kept beside the engine under its name and a fingerprint of what it is made
 * from. Two runs at the same moment share one.
 *
 * @param make fills an empty folder
 */
export async function obtain(
  name: string,
  fingerprint: string,
  progress: Progress,
  make: (fresh: string) => Promise<void>,
): Promise<string> {
  const folder = join(dirname(engineCacheFolder()), "ground", `${name}-${fingerprint}`);
  if (await exists(folder)) return folder;
  const onWait = (): void => {
    progress(`another run is obtaining ${name}; waiting for it`);
  };
  return withLock(`${folder}.obtain`, { onWait }, async () => {
    // Whoever held the lock before may have obtained it.
    if (await exists(folder)) return folder;
    const fresh = `${folder}.new-${process.pid}`;
    try {
      await mkdir(fresh, { recursive: true });
      await make(fresh);
      // Another run may have finished it when this one lost its lock.
      if (!(await exists(folder))) await rename(fresh, folder);
      return folder;
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  });
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Tells what goes on, below the name of the suite that waits. */
export const say: Progress = (line) => {
  process.stderr.write(`    ${line}\n`);
};
