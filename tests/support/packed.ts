import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import packageFile from "../../package.json";
import { withLock } from "../../engine/lock";
import { runFolder } from "./run-folder";

const execute = promisify(execFile);

/** Runs npm to its end; what it says goes into the error when it fails. */
async function npm(cwd: string, ...args: readonly string[]): Promise<void> {
  await execute("npm", args, { cwd }).catch((error: unknown) => {
    const said = error instanceof Error && "stdout" in error ? `\n${String(error.stdout)}` : "";
    throw new Error(`npm ${args.join(" ")} failed${said}`, { cause: error });
  });
}

/** The repository. */
export const repository = resolve(__dirname, "../..");

/** Time to build and pack on a busy machine, and to install what is packed. */
export const packTimeout = 1_800_000;

/** What `npm pack` gives. */
export interface Tarball {
  readonly path: string;
  /** Bytes of the tarball. */
  readonly size: number;
  /** Files by path in the package. */
  readonly files: ReadonlyMap<string, Buffer>;
}

/** A project outside of the repository with the packed package in it. */
export interface PackedProject {
  readonly folder: string;
  /** How long the installation took. */
  readonly installMs: number;
}

let tarball: Promise<Tarball> | undefined;
let count = 0;

/** Builds and packs the package, once for all suites of a run. */
export function packed(): Promise<Tarball> {
  return (tarball ??= oncePerRun("pack", pack).then(read));
}

/** Installs the packed package into an empty project, once for all suites of a run. */
export function packedProject(): Promise<PackedProject> {
  return oncePerRun("project", () => install("project"));
}

/** Installs the packed package into an empty project of its own, with the given releases of packages. */
export function projectWith(releases: Readonly<Record<string, string>>): Promise<PackedProject> {
  count += 1;
  return install(`project-${process.pid}-${count}`, releases);
}

/** Does something in one of the processes that run suites, and gives the others what came of it. */
function oncePerRun<T>(name: string, work: () => Promise<T>): Promise<T> {
  const answer = join(runFolder(), `${name}.json`);
  return withLock(answer, { onWait: () => undefined }, async () => {
    const present = await readFile(answer, "utf8").catch(() => undefined);
    if (present !== undefined) return JSON.parse(present) as T;
    const made = await work();
    await writeFile(answer, JSON.stringify(made));
    return made;
  });
}

/** Builds and packs the package once more; gives the path of the tarball. */
export const packAgain = (folder: string): Promise<string> => packInto(folder);

const pack = (): Promise<string> => packInto(runFolder());

async function packInto(folder: string): Promise<string> {
  await npm(repository, "pack", "--pack-destination", folder);
  return join(folder, `${packageFile.name}-${packageFile.version}.tgz`);
}

async function read(path: string): Promise<Tarball> {
  const files = new Map<string, Buffer>();
  const entries = createReadStream(path).pipe(createGunzip()).pipe(extract());
  for await (const entry of entries) {
    files.set(entry.header.name.replace(/^package\//, ""), await buffer(entry));
  }
  return { path, size: (await buffer(createReadStream(path))).length, files };
}

async function install(
  name: string,
  releases: Readonly<Record<string, string>> = {},
): Promise<PackedProject> {
  const { path } = await packed();
  const folder = join(runFolder(), name);
  await mkdir(folder);
  const { devDependencies, peerDependencies } = packageFile;
  const pinned: Readonly<Record<string, string>> = { ...devDependencies, ...releases };
  const peers = Object.keys(peerDependencies);
  const others = Object.entries(releases).filter(([each]) => !peers.includes(each));
  const manifest = {
    name: "consumer",
    private: true,
    dependencies: { [packageFile.name]: `file:${path}`, ...Object.fromEntries(others) },
    devDependencies: { "@types/node": pinned["@types/node"], typescript: pinned["typescript"] },
    // The peers come by themselves; those versions are in the cache of whoever has installed the repository.
    overrides: Object.fromEntries(peers.map((peer) => [peer, pinned[peer]])),
  };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  const started = performance.now();
  await npm(folder, "install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error");
  return { folder, installMs: performance.now() - started };
}
