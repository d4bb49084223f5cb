import { type ChildProcess, spawn } from "node:child_process";
import { cp, realpath } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { engineTimeout, sharedEngine } from "../engine/support";
import { packedProject, repository } from "../support/packed";

/** A program that was started. */
export interface Started {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  readonly printed: () => string;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number | null>;
}

/** Copies an example to a project that has the packed package installed. */
export function exampleOf(name: string): () => string {
  let folder = "";
  before(async function () {
    this.timeout(engineTimeout);
    await sharedEngine();
    folder = join(await realpath((await packedProject()).folder), "examples", name);
    await cp(join(repository, "examples", name), folder, { recursive: true });
  });
  return () => folder;
}

/** Starts a TypeScript file of an example as its `npm` scripts do. */
export function start(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Started {
  const loader = pathToFileURL(require.resolve("tsx")).href;
  const child = spawn(process.execPath, ["--import", loader, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  }
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  return { child, printed: () => text, ended };
}
