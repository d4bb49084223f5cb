import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** How the engine's command is run. */
export interface EngineCall {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Receives every line of standard output as it comes. */
  readonly onLine?: (line: string) => void;
  /** Receives the process id once the command runs. */
  readonly onStart?: (pid: number) => void;
  /** Stops the operation as Ctrl-C does: the engine finishes what it has begun. */
  readonly signal?: AbortSignal;
}

/** How the command ended. */
export interface EngineExit {
  /** Exit code; null when a signal ended the command. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the engine's command to its end. It shares the terminal's process group, so that Ctrl-C reaches it. */
export function runEngine(call: EngineCall): Promise<EngineExit> {
  return new Promise((resolve, reject) => {
    const child = spawn(call.command, call.args, {
      cwd: call.cwd,
      env: call.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const stdout: string[] = [];
    const stderr: string[] = [];
    // The large logs of the SDK go to the listener alone: they hold values the engine masks everywhere else.
    createInterface({ input: child.stdout, crlfDelay: Infinity }).on("line", (line) => {
      if (call.onLine === undefined) stdout.push(line);
      else call.onLine(line);
    });
    createInterface({ input: child.stderr, crlfDelay: Infinity }).on("line", (line) => stderr.push(line));
    const interrupt = (): void => {
      child.kill("SIGINT");
    };
    call.signal?.addEventListener("abort", interrupt, { once: true });
    if (child.pid !== undefined) call.onStart?.(child.pid);
    child.once("error", reject);
    child.once("close", (code) => {
      call.signal?.removeEventListener("abort", interrupt);
      resolve({ code, stdout: stdout.join("\n"), stderr: stderr.join("\n") });
    });
  });
}
