import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { writeContractDescriptions } from "./contract-descriptions";
import { writePackagedProject } from "./packaged-project";
import { packageSbom } from "./sbom";
import { sourceOf } from "./source";

const root = resolve(__dirname, "..");
const dist = join(root, "dist");

/** Folders whose compiled code reads files that lie beside it. */
const WITH_ASSETS = ["automation", "components", "engine", "images", "rehearsal"];

/** Every file below a folder, relative to it. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

/** Compiles what has changed. What was compiled before is known by a file in dist/, so that it goes with it. */
function compile(): void {
  const compiler = require.resolve("typescript/bin/tsc");
  const { status } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit",
  });
  // The compiler has said what is wrong.
  if (status !== 0) process.exit(1);
}

/** Takes away what was compiled from files that are gone. */
async function removeStale(): Promise<void> {
  for (const file of await filesBelow(dist)) {
    const source = /^(.+?)(\.d\.ts|\.js)$/.exec(file)?.[1];
    if (source !== undefined && !existsSync(join(root, `${source}.ts`))) await rm(join(dist, file));
  }
}

async function copyAssets(): Promise<void> {
  for (const folder of WITH_ASSETS) {
    for (const file of await filesBelow(join(root, folder))) {
      if (file.endsWith(".ts")) continue;
      const target = join(dist, folder, file);
      await mkdir(dirname(target), { recursive: true });
      await cp(join(root, folder, file), target);
    }
  }
}

/** Writes what the package is made of, as of the commit it is built from: another build of it gives the same bytes. */
async function writeSbom(): Promise<void> {
  const lock = await readFile(join(root, "package-lock.json"), "utf8");
  const sbom = packageSbom(lock, sourceOf(root)?.date);
  await writeFile(join(dist, "sbom.cdx.json"), `${JSON.stringify(sbom, undefined, 1)}\n`);
}

async function build(): Promise<void> {
  compile();
  await removeStale();
  await copyAssets();
  await writeContractDescriptions(dist);
  await writePackagedProject(root, dist);
  await writeSbom();
}

void build();
