import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Generous: a busy machine is no failure. */
const START_MS = 240_000;

// A run that breaks off leaves no server behind.
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** A server in a process of its own. */
export interface ServerProcess {
  /** Ends it and waits until it is gone. */
  readonly stop: () => Promise<void>;
}

/** How a server is started. */
export interface ServerOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** User and group to run as. @default - those of this process */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Tells whether it answers; a rejection means no. */
  readonly answers: () => Promise<boolean>;
  /** Signal that ends it fast. @default "SIGTERM" */
  readonly end?: NodeJS.Signals;
}

/** Starts a server and waits until it answers. Rejects with what it printed when it ends before, or takes too long. */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: { PATH: process.env["PATH"], HOME: options.cwd, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    ...options.user,
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      printed = `${printed}${chunk.toString("utf8")}`.slice(-4_000);
    });
  }
  let failure: Error | undefined;
  child.once("error", (error) => {
    failure = error;
  });
  running.add(child);
  const stop = async (): Promise<void> => {
    await ended(child, options.end ?? "SIGTERM");
    running.delete(child);
  };
  const deadline = Date.now() + START_MS;
  while (!(await options.answers().catch(() => false))) {
    const over = failure !== undefined || child.exitCode !== null || child.signalCode !== null;
    if (over || Date.now() > deadline) {
      await stop();
      const why = failure?.message ?? (over ? "it ended" : `no answer in ${START_MS / 1000} s`);
      throw new Error(`${options.command} did not start: ${why}\n${printed}`);
    }
    await sleep(50);
  }
  return { stop };
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await gone;
}

/** A port of loopback on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
