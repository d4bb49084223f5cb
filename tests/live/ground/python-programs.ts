import { readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../../../peers/run-command";
import { withLock } from "../../../engine/lock";

/** Programs from PyPI, in an environment of their own. */
export interface PythonPrograms {
  readonly name: string;
  /** Says it whole: another one is installed beside it. */
  readonly version: string;
  /** What is installed, as pip takes it. */
  readonly requirements: readonly string[];
  /** A file with the versions of all that comes along. */
  readonly constraintsFile: string;
}

const installTimeoutMs = 900_000;

/** Where they are kept between runs: below `XDG_CACHE_HOME` or `~/.cache`. */
export function pythonFolder(
  { name, version }: Pick<PythonPrograms, "name" | "version">,
  env: NodeJS.ProcessEnv = process.env,
): string {
  const xdg = env["XDG_CACHE_HOME"];
  const base = xdg !== undefined && xdg !== "" ? xdg : join(homedir(), ".cache");
  return join(base, "spacelift-selfhosted-pulumi", name, version);
}

/** Installs programs unless they are there, and gives the Python that has them. Waits while another process installs them. */
export async function ensurePython(
  programs: PythonPrograms,
  folder: string = pythonFolder(programs),
): Promise<string> {
  const { name, version, requirements, constraintsFile } = programs;
  const python = join(
    folder,
    ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]),
  );
  const constraints = await readFile(constraintsFile, "utf8");
  if (await isComplete(folder, constraints)) return python;
  const onWait = (): void => {
    process.stderr.write(`    waiting for another process to install ${name}\n`);
  };
  await withLock(folder, { onWait }, async () => {
    if (await isComplete(folder, constraints)) return;
    process.stderr.write(`    installing ${name} ${version}, once\n`);
    // A virtual environment knows its own path, so that it cannot be made elsewhere and moved here.
    await rm(folder, { recursive: true, force: true });
    await succeed(name, "python3", ["-m", "venv", folder]);
    const pip = ["-I", "-m", "pip", "--quiet", "--no-input", "--disable-pip-version-check"];
    const what = ["--prefer-binary", "--constraint", constraintsFile, ...requirements];
    await succeed(name, python, [...pip, "install", ...what]);
    await writeFile(stampOf(folder), constraints);
  });
  return python;
}

/** Written last, with the versions that were asked for. */
const stampOf = (folder: string): string => join(folder, "installed-constraints.txt");

async function isComplete(folder: string, constraints: string): Promise<boolean> {
  try {
    return (await readFile(stampOf(folder), "utf8")) === constraints;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

async function succeed(name: string, command: string, args: readonly string[]): Promise<void> {
  const hint = `${name} needs Python 3.11 or newer with venv (Debian: python3 and python3-venv)`;
  const result = await runCommand(command, args, { timeoutMs: installTimeoutMs }).catch((error: unknown) => {
    throw new Error(`\`${command}\` cannot be started; ${hint}`, { cause: error });
  });
  if (result.code === 0) return;
  const ended = result.timedOut ? "took too long" : `ended with code ${String(result.code)}`;
  throw new Error(`\`${command} ${args.join(" ")}\` ${ended}; ${hint}\n${result.stdout}\n${result.stderr}`);
}
