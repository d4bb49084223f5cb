import { readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../../../../peers/run-command";
import { withLock } from "../../../../engine/lock";

/** The version whose checks the justifications answer. */
export const checkovVersion = "3.3.30";

const constraintsFile = join(__dirname, "constraints.txt");
const installTimeoutMs = 900_000;

/** Where checkov is kept between runs: below `XDG_CACHE_HOME` or `~/.cache`. */
export function checkovFolder(env: NodeJS.ProcessEnv = process.env): string {
  const xdg = env["XDG_CACHE_HOME"];
  const base = xdg !== undefined && xdg !== "" ? xdg : join(homedir(), ".cache");
  return join(base, "spacelift-selfhosted-pulumi", "checkov", checkovVersion);
}

/** Installs checkov unless it is there, and gives the Python that has it. Waits while another process installs it. */
export async function ensureCheckov(folder: string = checkovFolder()): Promise<string> {
  const python = join(
    folder,
    ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]),
  );
  const constraints = await readFile(constraintsFile, "utf8");
  if (await isComplete(folder, constraints)) return python;
  const onWait = (): void => {
    process.stderr.write("    waiting for another process to install checkov\n");
  };
  await withLock(folder, { onWait }, async () => {
    if (await isComplete(folder, constraints)) return;
    process.stderr.write(`    installing checkov ${checkovVersion}, once\n`);
    // A virtual environment knows its own path, so that it cannot be made elsewhere and moved here.
    await rm(folder, { recursive: true, force: true });
    await succeed("python3", ["-m", "venv", folder]);
    const pip = ["-I", "-m", "pip", "--quiet", "--no-input", "--disable-pip-version-check"];
    const what = ["--prefer-binary", "--constraint", constraintsFile, `checkov==${checkovVersion}`];
    await succeed(python, [...pip, "install", ...what]);
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

async function succeed(command: string, args: readonly string[]): Promise<void> {
  const hint = "checkov needs Python 3.11 or newer with venv (Debian: python3 and python3-venv)";
  const result = await runCommand(command, args, { timeoutMs: installTimeoutMs }).catch((error: unknown) => {
    throw new Error(`\`${command}\` cannot be started; ${hint}`, { cause: error });
  });
  if (result.code === 0) return;
  const ended = result.timedOut ? "took too long" : `ended with code ${String(result.code)}`;
  throw new Error(`\`${command} ${args.join(" ")}\` ${ended}; ${hint}\n${result.stdout}\n${result.stderr}`);
}
