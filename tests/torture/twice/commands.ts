import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { CommandOptions, CommandResult } from "../../../peers/run-command";
import { processesOf, readProcess } from "../../support/processes";
import type { Installation, Phase, Runner } from "../steps/installation";

/** Beyond that, a command hangs. */
const LONGEST_MS = 180_000;
/** What a killed command has started may go on for a while; an engine notices within that time that its program is gone. */
const LINGERING_MS = 90_000;

type Call = Pick<CommandOptions, "onStart" | "onLine" | "env"> & { readonly args?: readonly string[] };

/** What is asked of an installation: what its phase is for, or a look at it. */
export type Wish = Phase | "preview" | "refresh";

/** The words of a command, as an operator types them in a pipeline. */
export function wordsOf(runner: Runner, wish: Wish, stack: string): readonly [string, ...string[]] {
  const operation = {
    install: "up",
    change: "up",
    remove: "destroy",
    preview: "preview",
    refresh: "refresh",
  }[wish];
  const isChange = wish !== "preview" && wish !== "refresh";
  if (runner === "spacelift")
    return [
      "spacelift",
      operation,
      ...(isChange ? ["--yes"] : []),
      ...(operation === "up" ? ["--skip-preflight"] : []),
      "--json",
      "--stack",
      stack,
    ];
  return [
    "pulumi",
    operation,
    ...(wish === "preview" ? [] : ["--yes", "--skip-preview"]),
    ...(operation === "destroy" ? ["--exclude-protected"] : []),
    "--json",
    "--non-interactive",
    "--stack",
    stack,
  ];
}

/** Runs a command of an installation in a process of its own, and remembers what it said. */
export async function call(
  installation: Installation,
  runner: Runner,
  wish: Wish,
  { args = [], ...options }: Call = {},
): Promise<CommandResult> {
  const { stack, subject } = installation;
  const [command, ...words] = wordsOf(runner, wish, subject.stack);
  const result = await stack.run(command, [...words, ...args], { ...options, timeoutMs: LONGEST_MS });
  // Debug messages of the engine, which spell secrets out, are in its JSON alone: no log has them.
  const shown = result.stdout.split("\n").filter((line) => !line.includes('"severity":"debug"'));
  installation.heard(shown.join("\n") + result.stderr);
  return result;
}

/** What a command said at last, for people and programs: its error, if there is one. */
export function lastWords({ stdout, stderr }: Pick<CommandResult, "stdout" | "stderr">): string {
  const errors = stdout
    .split("\n")
    .filter((line) => line.includes('"kind":"error"') || line.includes('"severity":"error"'));
  return [...errors.slice(-3), stderr.trim()].filter(Boolean).join("\n").slice(-2_000);
}

/** Says how a command did not end as it should; undefined when it did. */
export function notDone(what: string, result: CommandResult): string | undefined {
  if (result.timedOut) return `${what} did not end within ${LONGEST_MS / 1000} s`;
  return result.code === 0 ? undefined : `${what} failed: ${lastWords(result)}`;
}

/**
 * What does nothing when its engine is gone, and finds that out within five minutes: Pulumi's language host (sdk/nodejs,
 * cmd/pulumi-language-nodejs, `rpcutil.Healthcheck`), and what stands before it.
 */
const IDLE = /pulumi-language-nodejs|language-host-front/;

const commandOf = (pid: number): string =>
  (readProcess(pid, "cmdline") ?? "").replaceAll("\0", " ").slice(0, 120);

/** Waits until nothing of an installation is at work any more; says what still is after a while, and ends it. */
export async function lingering({ dir }: Installation): Promise<string | undefined> {
  const end = performance.now() + LINGERING_MS;
  for (;;) {
    const all = processesOf(dir);
    const left = all.filter((pid) => !IDLE.test(commandOf(pid)));
    if (left.length === 0) {
      for (const pid of all) endProcess(pid);
      return undefined;
    }
    if (performance.now() > end) {
      const what = left.map(commandOf);
      for (const pid of all) endProcess(pid);
      return `still runs after ${LINGERING_MS / 1000} s: ${what.join(", ")}`;
    }
    await pause(100);
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself since it was listed.
  }
}

/** Whether somebody has locked the stack, or had when he was killed. */
export function isLocked({ stack }: Installation): boolean {
  return below(join(stack.folders.state, ".pulumi", "locks")).length > 0;
}

/** Says which file of the state cannot be read, as it was cut off; undefined when all can. */
export function brokenState({ stack }: Installation): string | undefined {
  for (const file of below(join(stack.folders.state, ".pulumi", "stacks")).filter((name) =>
    name.endsWith(".json"),
  )) {
    try {
      JSON.parse(readFileSync(file, "utf8"));
    } catch (error) {
      return `${file} is no state any more: ${String(error)}`;
    }
  }
  return undefined;
}

function below(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    // The backend makes its folders when it needs them.
    return [];
  }
}

/** How many operations are begun but not ended, as far as the state says. */
export async function pendingCount({ stack }: Installation): Promise<number> {
  const pending = (await stack.exportState()).deployment["pending_operations"];
  return Array.isArray(pending) ? pending.length : 0;
}
