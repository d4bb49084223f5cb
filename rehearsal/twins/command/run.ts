import { spawn } from "node:child_process";
import { delimiter } from "node:path";
import { listAt, objectAt, type Properties, stringAt, textOf, TwinError } from "../framework";

/** What commands find in their environment besides that of this process. */
export interface Surroundings {
  /** Folders to look for programs in first. */
  readonly path: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const DEFAULT_INTERPRETER = ["/bin/sh", "-c"];

/**
 * Runs a command, if there is one, and answers what it printed as `stdout` and `stderr`; without one, what the command
 * before it printed.
 */
export async function runCommand(
  command: string | undefined,
  inputs: Properties,
  before: Properties,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Properties> {
  if (command === undefined) return { stdout: before["stdout"] ?? "", stderr: before["stderr"] ?? "" };
  const given = listAt(inputs, "interpreter").map(String);
  const [program, ...args] = [...(given.length > 0 ? given : DEFAULT_INTERPRETER), command];
  const { code, stdout, stderr, printed } = await execute(program, args, {
    cwd: stringAt(inputs, "dir") ?? process.cwd(),
    env: environmentOf(inputs, before, surroundings),
    stdin: stringAt(inputs, "stdin") ?? "",
    signal,
  });
  // As the provider does, with the text of the command: a secret in it would show, in the rehearsal as in a deployment.
  if (code !== 0) throw new TwinError(`exit status ${code}: running ${JSON.stringify(command)}:\n${printed}`);
  return { stdout: trimLineEnd(stdout), stderr: trimLineEnd(stderr) };
}

function environmentOf(
  inputs: Properties,
  before: Properties,
  surroundings: Surroundings,
): NodeJS.ProcessEnv {
  const previous: Record<string, string> = {};
  if (inputs["addPreviousOutputInEnv"] !== false) {
    for (const [variable, output] of Object.entries({
      PULUMI_COMMAND_STDOUT: "stdout",
      PULUMI_COMMAND_STDERR: "stderr",
    })) {
      const value = stringAt(before, output) ?? "";
      if (value !== "") previous[variable] = value;
    }
  }
  const given = Object.entries(objectAt(inputs, "environment")).map(
    ([key, value]) => [key, textOf(value)] as const,
  );
  const merged: NodeJS.ProcessEnv = {
    ...process.env,
    ...surroundings.env,
    ...Object.fromEntries(given),
    ...previous,
  };
  return { ...merged, PATH: [...surroundings.path, merged["PATH"] ?? ""].join(delimiter) };
}

interface Execution {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: string;
  readonly signal: AbortSignal;
}

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, as they came. */
  readonly printed: string;
}

function execute(program: string, args: readonly string[], execution: Execution): Promise<Outcome> {
  const { stdin, ...options } = execution;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, options);
    const output = { stdout: "", stderr: "", printed: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (chunk: string) => {
        output[stream] += chunk;
        output.printed += chunk;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code: code ?? 1, ...output });
    });
    child.stdin.on("error", (error: NodeJS.ErrnoException) => {
      // A command need not read what it is given.
      if (error.code !== "EPIPE") reject(error);
    });
    child.stdin.end(stdin);
  });
}

function trimLineEnd(text: string): string {
  return text.replace(/\r?\n$/, "");
}
