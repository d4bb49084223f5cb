import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Attempt } from "./engine";
import { hasEngineCommands, versionOf } from "./inspect";
import { ENGINE_VERSION } from "./versions";

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
