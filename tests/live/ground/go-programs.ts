import { createHash } from "node:crypto";
import { cp, readFile, readdir } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { z } from "zod";
import { runCommand } from "../../../peers/run-command";
import { MINIMUM_GO_VERSION, type Progress } from "../../../engine/engine";
import { compile, findGo, type Go, pinnedGoEnvironment } from "../../../engine/go";
import { obtain, say } from "./obtain";

/** Commands that come out of one folder with a go.mod and a go.sum below `modules/`. */
export interface GoPrograms {
  /** Name of the folder. */
  readonly folder: string;
  readonly commands: readonly {
    /** File name of the program. */
    readonly name: string;
    /** Import path of the command; one that begins with a dot is in the folder. */
    readonly importPath: string;
    /** Linker settings of the form `variable=value`. */
    readonly linkerValues?: readonly string[];
  }[];
  /** Files or folders of a required module that are laid beside the programs. */
  readonly files?: { readonly module: string; readonly paths: readonly string[] };
}

const fetchedModule = z.object({ Dir: z.string() });

const BUILD_LIMIT_MS = 90 * 60_000;

/** Time to obtain programs when they have to be built. */
export const goBuildTimeout = BUILD_LIMIT_MS + 60_000;

/**
 * The folder with programs that no package registry has ready to run: they are built from their Go modules, minutes the first
 * time, and kept beside the engine under a name that says what they were built from. Two runs at the same moment share one
 * build.
 */
export async function goPrograms(wanted: GoPrograms, progress: Progress = say): Promise<string> {
  const source = join(__dirname, "modules", wanted.folder);
  const fingerprint = await fingerprintOf(source, wanted);
  return obtain(wanted.folder, fingerprint, progress, async (fresh) => {
    const go = await findGo(MINIMUM_GO_VERSION);
    if ("refused" in go) throw new Error(`these tests need ${wanted.folder}, built with Go: ${go.refused}`);
    await build(go, source, wanted, fresh, progress);
  });
}

/** {@link goPrograms} for a folder with one command: the path of the program. */
export async function goProgram(wanted: GoPrograms, progress?: Progress): Promise<string> {
  const [command, ...others] = wanted.commands;
  if (command === undefined || others.length > 0) throw new Error(`${wanted.folder} has not one command`);
  return join(await goPrograms(wanted, progress), command.name);
}

async function build(
  go: Go,
  moduleFolder: string,
  { folder, commands, files }: GoPrograms,
  target: string,
  progress: Progress,
): Promise<void> {
  progress(`building ${folder} with Go ${go.version}; this takes minutes, once`);
  for (const { name, importPath, linkerValues = [] } of commands) {
    const wanted = { name, importPath, linkerValues, moduleFolder, target, limitMs: BUILD_LIMIT_MS };
    const refused = await compile(go, wanted, progress);
    if (refused !== undefined) throw new Error(refused);
  }
  if (files === undefined) return;
  const options = { cwd: moduleFolder, env: pinnedGoEnvironment() };
  // No command may have fetched it yet.
  const fetched = await runCommand(go.command, ["mod", "download", "-json", files.module], options);
  if (fetched.code !== 0) throw new Error(`${files.module} is not to be had: ${fetched.stderr}`);
  const { Dir: moduleSource } = fetchedModule.parse(JSON.parse(fetched.stdout));
  for (const path of files.paths) {
    // The module cache is read-only, and so would be a copy that keeps its modes.
    await cp(join(moduleSource, path), join(target, basename(path)), { recursive: true, mode: 0 });
  }
}

/** Twelve characters that change with anything the programs are built from. */
async function fingerprintOf(source: string, wanted: GoPrograms): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(wanted));
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  for (const file of entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()) {
    hash.update(relative(source, file)).update(await readFile(file));
  }
  return hash.digest("hex").slice(0, 12);
}
