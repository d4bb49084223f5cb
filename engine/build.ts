import { chmod, copyFile, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Attempt, ENGINE_COMMANDS, ENGINE_VERSION, MINIMUM_GO_VERSION, type Progress } from "./engine";
import { compile, findGo } from "./go";

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

const LANGUAGE_HOST = "pulumi-language-nodejs";
const FRONT = "language-host-front.cjs";

const frontScript = `#!/bin/sh
exec node "$(dirname "$0")/../libexec/${FRONT}" "$@"
`;

/**
 * Puts a front before the language host of an engine built from source. The host is older than the engine, which hands
 * the runtime options of a project over in a way that the host does not know, and it lets programs use only what
 * engines of its own time could do: the front runs programs itself.
 */
async function frontLanguageHost(root: string): Promise<void> {
  const front = join(root, "bin", LANGUAGE_HOST);
  await mkdir(join(root, "libexec"), { recursive: true });
  await rename(front, join(root, "libexec", LANGUAGE_HOST));
  await copyFile(join(__dirname, "build", "language-host", "front.cjs"), join(root, "libexec", FRONT));
  await writeFile(front, frontScript);
  await chmod(front, 0o755);
}
