import { randomBytes } from "node:crypto";
import { delimiter } from "node:path";
import { runCommand } from "../../peers/run-command";
import {
  anything,
  defineResource,
  defineTwin,
  listAt,
  listOf,
  mapOf,
  object,
  objectAt,
  type OperationContext,
  type Properties,
  stringAt,
  text,
  textOf,
  type Twin,
  TwinError,
} from "./framework";

// Assets and archives of a command are not simulated, so asking for them is refused as an unknown key.
const INPUTS = {
  create: text(),
  update: text(),
  delete: text(),
  dir: text(),
  environment: mapOf(text()),
  interpreter: listOf(text()),
  stdin: text(),
  triggers: listOf(anything()),
  logging: text({ oneOf: ["none", "stdout", "stderr", "stdoutAndStderr"] }),
  addPreviousOutputInEnv: { kind: "boolean" },
} as const;

/**
 * Simulates the command provider by doing what it does: commands really run.
 *
 * @param surroundings - what commands find in their environment, so that they meet the simulated tools.
 */
export function commandTwin(surroundings: Surroundings): Twin {
  const local = defineResource({
    inputs: INPUTS,
    // Only that there are triggers at all counts for the provider itself. A trigger that changes is an update to it,
    // which the SDK has the engine turn into a replacement.
    diff: (_before, _after, changes) =>
      changes.map((change) => ({ ...change, replaces: change.path === "triggers" })),
    computed: ["stdout", "stderr"],
    recomputed: ["stdout", "stderr"],
    derivedOutputs: ["stdout", "stderr"],
    async create(inputs, context) {
      const command = stringAt(inputs, "create");
      const outputs = await runAsProvider(command, inputs, {}, surroundings, context);
      return { id: `${context.name}${randomBytes(4).toString("hex")}`, outputs: { ...inputs, ...outputs } };
    },
    async update(before, inputs, context) {
      const command = stringAt(inputs, "update") ?? stringAt(inputs, "create");
      const outputs = await runAsProvider(command, inputs, before.outputs, surroundings, context);
      return { ...inputs, ...outputs };
    },
    async delete(recorded, context) {
      await runAsProvider(
        stringAt(recorded.outputs, "delete"),
        recorded.outputs,
        recorded.outputs,
        surroundings,
        context,
      );
    },
  });
  const run = (args: Properties): Properties => {
    throw new Error(`running a command as a function is not simulated: ${Object.keys(args).join(", ")}`);
  };
  return defineTwin({
    package: "command",
    version: "1.2.1",
    config: { plaintext: object({}) },
    resources: { "command:local:Command": local },
    invokes: { "command:local:run": run },
  });
}

/** What commands find in their environment besides that of this process. */
export interface Surroundings {
  /** Folders to look for programs in first. */
  readonly path: readonly string[];
  /** Given the variables of the command itself: they say what it talks to. */
  readonly env: (variables: Properties) => Readonly<Record<string, string>>;
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
  { signal, say }: Pick<OperationContext, "signal" | "say">,
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
    onOutput: (stream, chunk) => {
      printed += chunk;
      // What is printed goes to the engine's row as it comes (pulumi-command 1.2.1, util.LogOutput).
      if (shown(stringAt(inputs, "logging"), stream)) chunk.split("\n").filter(Boolean).forEach(say);
    },
  });
  signal.throwIfAborted();
  // As the provider does, with the text of the command: a secret in it would show, in the rehearsal as in a deployment.
  if (code !== 0)
    throw new TwinError(`exit status ${code ?? 1}: running ${JSON.stringify(command)}:\n${printed}`);
  return { stdout: trimLineEnd(stdout), stderr: trimLineEnd(stderr) };
}

const shown = (logging = "stdoutAndStderr", stream: string): boolean =>
  logging === "stdoutAndStderr" || logging === stream;

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
    ...surroundings.env(objectAt(inputs, "environment")),
    ...Object.fromEntries(given),
    ...previous,
  };
  return { ...merged, PATH: [...surroundings.path, merged["PATH"] ?? ""].join(delimiter) };
}

function trimLineEnd(text: string): string {
  return text.replace(/\r?\n$/, "");
}
