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

/** Runs the command of an operation, if there is one, and answers what it printed as `stdout` and `stderr`. */
export async function runCommand(
  operation: "create" | "update" | "delete",
  inputs: Properties,
  before: Properties,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Properties> {
  const command = stringAt(inputs, operation);
  if (command === undefined) return { stdout: "", stderr: "" };
  const given = listAt(inputs, "interpreter").map(String);
  const [program, ...args] = [...(given.length > 0 ? given : DEFAULT_INTERPRETER), command];
  const { code, stdout, stderr } = await execute(program, args, {
    cwd: stringAt(inputs, "dir") ?? process.cwd(),
    env: environmentOf(inputs, before, surroundings),
    stdin: stringAt(inputs, "stdin") ?? "",
    signal,
  });
  // The text of the command stays out of the error: it may hold what was meant to be secret.
  if (code !== 0)
    throw new TwinError(`exit status ${code}: running the ${operation} command:\n${stderr}${stdout}`);
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
      const value = stringAt(before, output);
      if (value !== undefined) previous[variable] = value;
    }
  }
  const given = Object.entries(objectAt(inputs, "environment")).map(
    ([key, value]) => [key, textOf(value)] as const,
  );
  const merged: NodeJS.ProcessEnv = {
    ...process.env,
    ...surroundings.env,
    ...previous,
    ...Object.fromEntries(given),
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
}

function execute(program: string, args: readonly string[], execution: Execution): Promise<Outcome> {
  const { stdin, ...options } = execution;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, options);
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output.stdout += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (output.stderr += chunk));
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
