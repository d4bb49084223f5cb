import { createHash } from "node:crypto";
import { access, cp, mkdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { engineCacheFolder } from "../../../engine/installed";
import { withLock } from "../../../engine/lock";
import { runCommand } from "../../../peers/run-command";

/**
 * The folder with a program that npm has, installed from the package-lock.json of a folder below `modules/` and kept beside
 * those that are built with Go. No development dependency, as it is larger than all of them and needed by few tests.
 */
export async function npmProgram(name: string): Promise<string> {
  const source = join(__dirname, "modules", name);
  const lock = await readFile(join(source, "package-lock.json"));
  const fingerprint = createHash("sha256").update(lock).digest("hex").slice(0, 12);
  const folder = join(dirname(engineCacheFolder()), "ground", `${name}-${fingerprint}`);
  const isThere = (): Promise<boolean> =>
    access(folder).then(
      () => true,
      () => false,
    );
  if (await isThere()) return folder;
  return withLock(`${folder}.obtain`, { onWait: () => undefined }, async () => {
    // Whoever held the lock before may have installed it.
    if (await isThere()) return folder;
    const fresh = `${folder}.new-${process.pid}`;
    try {
      await mkdir(fresh, { recursive: true });
      for (const file of ["package.json", "package-lock.json"])
        await cp(join(source, file), join(fresh, file));
      const { code, stderr } = await runCommand("npm", ["ci", "--no-audit", "--no-fund"], { cwd: fresh });
      if (code !== 0) throw new Error(`${name} cannot be installed: ${stderr}`);
      await rename(fresh, folder);
      return folder;
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  });
}
