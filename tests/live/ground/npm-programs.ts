import { createHash } from "node:crypto";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../../../peers/run-command";
import { obtain, say } from "./obtain";

/**
 * The folder with a program that npm has, installed from the package-lock.json of a folder below `modules/` and kept beside
 * those that are built with Go. No development dependency, as it is larger than all of them and needed by few tests.
 */
export async function npmProgram(name: string): Promise<string> {
  const source = join(__dirname, "modules", name);
  const lock = await readFile(join(source, "package-lock.json"));
  const fingerprint = createHash("sha256").update(lock).digest("hex").slice(0, 12);
  return obtain(name, fingerprint, say, async (fresh) => {
    for (const file of ["package.json", "package-lock.json"]) await cp(join(source, file), join(fresh, file));
    const { code, stderr } = await runCommand("npm", ["ci", "--no-audit", "--no-fund"], { cwd: fresh });
    if (code !== 0) throw new Error(`${name} cannot be installed: ${stderr}`);
  });
}
