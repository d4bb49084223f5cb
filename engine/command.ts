import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** How a command is run. */
export interface CommandOptions {
  readonly cwd?: string;
  /** The complete environment. @default - the environment of this process */
  readonly env?: NodeJS.ProcessEnv;
  /** After this long the command and its children are killed. @default - no limit */
  readonly timeoutMs?: number;
  /** Receives every line of both streams as it comes. */
  readonly onLine?: (line: string) => void;
  /** Receives the process id once the command runs. */
  readonly onStart?: (pid: number) => void;
}

/** What a command left behind. */
export interface CommandResult {
  /** Exit code; null when a signal ended the command. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/**
 * Runs a command to its end and returns what it printed, whatever its exit code.
 * Rejects only when the command cannot be started.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const limited = options.timeoutMs !== undefined;
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, so that a time-out reaches the children of the command too.
      detached: limited,
    });
    if (child.pid !== undefined) options.onStart?.(child.pid);
    let timedOut = false;
    const kill = (): void => {
      if (limited && child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    };
    // A detached group would outlive this process otherwise.
    process.once("exit", kill);
    const timer = limited
      ? setTimeout(() => {
          timedOut = true;
          kill();
        }, options.timeoutMs)
      : undefined;
    const collect = (stream: NodeJS.ReadableStream): string[] => {
      const lines: string[] = [];
      createInterface({ input: stream, crlfDelay: Infinity }).on("line", (line) => {
        lines.push(line);
        options.onLine?.(line);
      });
      return lines;
    };
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    const settle = (): void => {
      clearTimeout(timer);
      process.removeListener("exit", kill);
    };
    child.once("error", (error) => {
      settle();
      reject(error);
    });
    child.once("close", (code) => {
      settle();
      resolve({ code, stdout: stdout.join("\n"), stderr: stderr.join("\n"), timedOut });
    });
  });
}
