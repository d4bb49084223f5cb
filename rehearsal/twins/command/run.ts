import { delimiter } from "node:path";
import { runCommand } from "../../../peers/run-command";
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
export async function runAsProvider(
  command: string | undefined,
  inputs: Properties,
  before: Properties,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Properties> {
  if (command === undefined) return { stdout: before["stdout"] ?? "", stderr: before["stderr"] ?? "" };
  const given = listAt(inputs, "interpreter").map(String);
  const [program, ...args] = [...(given.length > 0 ? given : DEFAULT_INTERPRETER), command];
  let printed = "";
  const { code, stdout, stderr } = await runCommand(program, args, {
    cwd: stringAt(inputs, "dir") ?? process.cwd(),
    env: environmentOf(inputs, before, surroundings),
    input: stringAt(inputs, "stdin") ?? "",
    signal,
    killSignal: "SIGTERM",
    onOutput: (_, chunk) => (printed += chunk),
  });
  signal.throwIfAborted();
  // As the provider does, with the text of the command: a secret in it would show, in the rehearsal as in a deployment.
  if (code !== 0)
    throw new TwinError(`exit status ${code ?? 1}: running ${JSON.stringify(command)}:\n${printed}`);
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

function trimLineEnd(text: string): string {
  return text.replace(/\r?\n$/, "");
}
