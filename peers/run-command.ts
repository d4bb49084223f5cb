import { spawn } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

export interface CommandOptions {
  readonly cwd?: string;
  /** The complete environment. @default - the environment of this process */
  readonly env?: NodeJS.ProcessEnv;
  /** What it reads from its standard input. @default - nothing */
  readonly input?: string;
  /** After this long the command and its children are killed. @default - no limit */
  readonly timeoutMs?: number;
  /** Ends the command by `killSignal` when it is aborted: the result then has that signal and no code. */
  readonly signal?: AbortSignal | undefined;
  /** @default "SIGKILL" */
  readonly killSignal?: NodeJS.Signals;
  /** Give it a process group of its own, which the terminal's Ctrl-C does not reach. @default false */
  readonly detached?: boolean;
  /** Have `signal` end what the command has started as well, which would keep its output open. @default false */
  readonly wholeGroup?: boolean;
  /** Look for it as a shell does. @default false */
  readonly shell?: boolean;
  /** Characters of each stream to keep, the last ones. @default - all */
  readonly keep?: number;
  readonly onOutput?: (stream: "stdout" | "stderr", chunk: string) => void;
  /** Receives every line of both streams as it comes. */
  readonly onLine?: (line: string) => void;
  /** Receives the process id once the command runs. */
  readonly onStart?: (pid: number) => void;
}

export interface CommandResult {
  /** Exit code; null when a signal ended the command. */
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/**
 * Runs a command to its end and gives what it printed, whatever its exit code. Rejects with the system's error when it
 * cannot be started, and with the signal's reason when that was aborted before.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { cwd, env = process.env, input = "", timeoutMs, signal, killSignal = "SIGKILL" } = options;
  const { keep = Number.POSITIVE_INFINITY, shell = false, wholeGroup = false } = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const limited = timeoutMs !== undefined;
    const child = spawn(command, args, {
      cwd,
      env,
      shell,
      stdio: [input === "" ? "ignore" : "pipe", "pipe", "pipe"],
      // A group of its own, so that a time-out reaches the children of the command too.
      detached: limited || wholeGroup || options.detached === true,
    });
    if (child.pid !== undefined) options.onStart?.(child.pid);
    // A command that ends before it has read everything is judged by its exit code.
    child.stdin?.on("error", () => undefined).end(input);

    let timedOut = false;
    const killGroup = (): void => {
      if (limited && child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
      if (wholeGroup && child.pid !== undefined) killAll(child.pid, killSignal);
    };
    const interrupt = (): void => {
      if (wholeGroup) killGroup();
      else child.kill(killSignal);
    };
    const expire = (): void => {
      timedOut = true;
      killGroup();
    };
    // A detached group would outlive this process otherwise.
    process.once("exit", killGroup);
    signal?.addEventListener("abort", interrupt, { once: true });
    const timer = limited ? setTimeout(expire, timeoutMs) : undefined;
    const settle = (): void => {
      clearTimeout(timer);
      process.removeListener("exit", killGroup);
      signal?.removeEventListener("abort", interrupt);
    };

    const texts = { stdout: "", stderr: "" };
    const collect = (name: keyof typeof texts): (() => void) => {
      let rest = "";
      child[name]?.setEncoding("utf8").on("data", (chunk: string) => {
        texts[name] = (texts[name] + chunk).slice(-keep);
        options.onOutput?.(name, chunk);
        if (!options.onLine) return;
        const lines = (rest + chunk).split(/\r?\n/);
        rest = lines.pop() ?? "";
        lines.forEach(options.onLine);
      });
      return () => {
        if (rest !== "") options.onLine?.(rest);
      };
    };
    const endings = [collect("stdout"), collect("stderr")];
    child.once("error", (error) => {
      settle();
      reject(error);
    });
    child.once("close", (code, killedBy) => {
      settle();
      for (const end of endings) end();
      resolve({ code, killedBy, ...texts, timedOut });
    });
  });
}

/** Ends a process group, if any of it is left: its leader may be gone before the others. */
function killAll(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** Whether a command could not be started because there is none of that name. */
export const isNoCommand = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT";

/** Tells whether a file exists and may be executed. */
export const isExecutable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );

/** Finds a command on a search path as a shell would; undefined when no folder has it. */
export async function findOnPath(name: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(delimiter)) {
    const file = join(folder, process.platform === "win32" ? `${name}.exe` : name);
    if (folder !== "" && (await isExecutable(file))) return file;
  }
  return undefined;
}
