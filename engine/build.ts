import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { coerce, gte } from "semver";
import { BuildMeter } from "./build-meter";
import type { CommandResult } from "./command";
import { runCommand } from "./command";
import type { Attempt, Progress } from "./engine";
import { findOnPath } from "./inspect";
import { frontLanguageHost } from "./language-host";
import type { EngineCommand } from "./versions";
import { ENGINE_COMMANDS, ENGINE_VERSION, MINIMUM_GO_VERSION } from "./versions";

const BUILD_LIMIT_MS = 30 * 60_000;

/** Builds the engine from its pinned Go modules into a folder: minutes the first time, seconds with a warm Go cache. */
export async function buildEngine(target: string, progress: Progress, searchPath?: string): Promise<Attempt> {
  const go = await findOnPath("go", searchPath ?? process.env["PATH"] ?? "");
  if (go === undefined) return { refused: "no `go` on PATH" };
  const found = await goVersion(go);
  if (found === undefined) return { refused: `"${go}" does not tell its version` };
  if (!gte(found, MINIMUM_GO_VERSION)) {
    return { refused: `"${go}" is ${found}, older than ${MINIMUM_GO_VERSION}` };
  }
  progress(`building the Pulumi engine ${ENGINE_VERSION} with Go ${found}; this takes minutes, once`);
  await mkdir(join(target, "bin"), { recursive: true });
  for (const command of ENGINE_COMMANDS) {
    const refused = await buildCommand(go, command, target, progress);
    if (refused !== undefined) return { refused };
  }
  await frontLanguageHost(target);
  return { engine: { root: target, version: ENGINE_VERSION, source: "build" } };
}

async function goVersion(go: string): Promise<string | undefined> {
  const { code, stdout } = await runCommand(go, ["env", "GOVERSION"], { timeoutMs: 20_000 });
  return code === 0 ? coerce(stdout.replace(/^go/, ""))?.version : undefined;
}

/** Fetches the modules of one command and compiles it; returns why that failed, or undefined. */
async function buildCommand(
  go: string,
  command: EngineCommand,
  target: string,
  progress: Progress,
): Promise<string | undefined> {
  const meter = new BuildMeter(command.name, progress);
  const options = {
    cwd: join(__dirname, "build", command.moduleFolder),
    // Flags and workspaces of the user must not change what go.mod and go.sum pin.
    env: { ...process.env, GOFLAGS: "-mod=readonly -buildvcs=false", GOWORK: "off" },
    timeoutMs: BUILD_LIMIT_MS,
    onLine: (line: string): void => {
      meter.line(line);
    },
  };
  try {
    meter.stage("fetching modules");
    const listed = await runCommand(go, ["list", "-deps", command.importPath], options);
    if (listed.code !== 0) return failure(command, "fetching its modules", listed);
    meter.stage("compiling", listed.stdout.split("\n").length);
    const output = join(target, "bin", command.name);
    const linker = ["-s", "-w", ...command.linkerValues.map((value) => `-X ${value}`)].join(" ");
    const built = await runCommand(
      go,
      ["build", "-v", "-ldflags", linker, "-o", output, command.importPath],
      options,
    );
    return built.code === 0 ? undefined : failure(command, "compiling it", built);
  } finally {
    meter.stop();
  }
}

function failure(command: EngineCommand, doing: string, result: CommandResult): string {
  if (result.timedOut)
    return `${doing} (\`${command.name}\`) took longer than ${BUILD_LIMIT_MS / 60_000} minutes`;
  const said = result.stderr.split("\n").filter((line) => !line.startsWith("go: downloading"));
  return `${doing} (\`${command.name}\`) failed: ${said.slice(-3).join("; ")}`;
}
