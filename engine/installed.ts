import { mkdir, rename, rm, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { gte, parse } from "semver";
import { findOnPath, isExecutable, runCommand } from "../peers/run-command";
import { type Attempt, ENGINE_COMMANDS, ENGINE_VERSION, MINIMUM_ENGINE_VERSION } from "./engine";

const ANSWER_MS = 60_000;

/**
 * Asks a `pulumi` command for its version.
 * Returns it without a leading `v`, or undefined when the command does not answer with one.
 */
async function versionOf(pulumi: string): Promise<string | undefined> {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { code, stdout } = await runCommand(pulumi, ["version"], { env, timeoutMs: ANSWER_MS });
  return code === 0 ? parse(stdout.trim())?.version : undefined;
}

/** Tells whether a folder has both commands of an engine in its `bin`. */
export async function hasEngineCommands(root: string): Promise<boolean> {
  const found = await Promise.all(ENGINE_COMMANDS.map(({ name }) => isExecutable(join(root, "bin", name))));
  return found.every(Boolean);
}

/** Where an engine on PATH is looked for, and where its two commands are brought together. */
export interface OnPathOptions {
  /** The search path. @default - PATH of this process */
  readonly searchPath?: string;
  /** Folder that may hold links to commands installed apart from each other. */
  readonly linkRoot: string;
}

/** Uses the `pulumi` of the machine when it is recent enough and has its Node.js language host. */
export async function engineOnPath(options: OnPathOptions): Promise<Attempt> {
  const searchPath = options.searchPath ?? process.env["PATH"] ?? "";
  const pulumi = await findOnPath("pulumi", searchPath);
  if (pulumi === undefined) return { refused: "no `pulumi` on PATH" };
  const version = await versionOf(pulumi);
  if (version === undefined) return { refused: `"${pulumi}" does not tell its version` };
  if (!gte(version, MINIMUM_ENGINE_VERSION)) {
    return { refused: `"${pulumi}" is ${version}, older than ${MINIMUM_ENGINE_VERSION}` };
  }
  const beside = join(dirname(pulumi), "pulumi-language-nodejs");
  const host = (await isExecutable(beside)) ? beside : await findOnPath("pulumi-language-nodejs", searchPath);
  if (host === undefined)
    return { refused: `"${pulumi}" has no \`pulumi-language-nodejs\` beside it or on PATH` };
  if (host === beside && basename(dirname(pulumi)) === "bin") {
    return { engine: { root: dirname(dirname(pulumi)), version, source: "path" } };
  }
  await linkTogether(options.linkRoot, { pulumi, "pulumi-language-nodejs": host });
  return { engine: { root: options.linkRoot, version, source: "path" } };
}

/** Makes `root/bin` hold links to commands that live in different folders. */
async function linkTogether(root: string, commands: Readonly<Record<string, string>>): Promise<void> {
  const bin = join(root, "bin");
  await mkdir(bin, { recursive: true });
  for (const [name, target] of Object.entries(commands)) {
    // Renamed into place, so that a run at the same moment never finds the link missing.
    const fresh = join(bin, `.${name}-${process.pid}`);
    await rm(fresh, { force: true });
    await symlink(target, fresh);
    await rename(fresh, join(bin, name));
  }
}

/**
 * Names the folder that keeps engines between runs:
 * `SPACELIFT_ENGINE_CACHE`, else a folder of its own below `XDG_CACHE_HOME` or `~/.cache`.
 */
export function engineCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const given = env["SPACELIFT_ENGINE_CACHE"];
  if (given !== undefined && given !== "") return resolve(given);
  const xdg = env["XDG_CACHE_HOME"];
  const base = xdg !== undefined && xdg !== "" ? xdg : join(homedir(), ".cache");
  return join(base, "spacelift-selfhosted-pulumi", "engine");
}

/** Uses the engine an earlier run put into the cache, when it is complete and answers. */
export async function engineInCache(root: string): Promise<Attempt> {
  if (!(await hasEngineCommands(root))) return { refused: `nothing in "${root}"` };
  const version = await versionOf(join(root, "bin", "pulumi"));
  if (version !== ENGINE_VERSION) {
    return { refused: `"${root}" answers with version ${version ?? "unknown"}, not ${ENGINE_VERSION}` };
  }
  return { engine: { root, version, source: "cache" } };
}
