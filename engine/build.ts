import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Attempt, Progress } from "./engine";
import { compile, findGo } from "./go";
import { frontLanguageHost } from "./language-host";
import { ENGINE_COMMANDS, ENGINE_VERSION, MINIMUM_GO_VERSION } from "./versions";

const BUILD_LIMIT_MS = 30 * 60_000;

/** Builds the engine from its pinned Go modules into a folder: minutes the first time, seconds with a warm Go cache. */
export async function buildEngine(target: string, progress: Progress, searchPath?: string): Promise<Attempt> {
  const go = await findGo(MINIMUM_GO_VERSION, searchPath);
  if ("refused" in go) return go;
  progress(`building the Pulumi engine ${ENGINE_VERSION} with Go ${go.version}; this takes minutes, once`);
  const bin = join(target, "bin");
  await mkdir(bin, { recursive: true });
  for (const command of ENGINE_COMMANDS) {
    const moduleFolder = join(__dirname, "build", command.moduleFolder);
    const wanted = { ...command, moduleFolder, target: bin, limitMs: BUILD_LIMIT_MS };
    const refused = await compile(go, wanted, progress);
    if (refused !== undefined) return { refused };
  }
  await frontLanguageHost(target);
  return { engine: { root: target, version: ENGINE_VERSION, source: "build" } };
}
