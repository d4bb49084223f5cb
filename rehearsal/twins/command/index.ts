import { randomBytes } from "node:crypto";
import {
  anything,
  defineResource,
  defineTwin,
  listOf,
  mapOf,
  object,
  type Properties,
  stringAt,
  text,
  type Twin,
} from "../framework";
import { runAsProvider, type Surroundings } from "./run";

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
      const outputs = await runAsProvider(command, inputs, {}, surroundings, context.signal);
      return { id: `${context.name}${randomBytes(4).toString("hex")}`, outputs: { ...inputs, ...outputs } };
    },
    async update(before, inputs, context) {
      const command = stringAt(inputs, "update") ?? stringAt(inputs, "create");
      const outputs = await runAsProvider(command, inputs, before.outputs, surroundings, context.signal);
      return { ...inputs, ...outputs };
    },
    async delete(recorded, context) {
      await runAsProvider(
        stringAt(recorded.outputs, "delete"),
        recorded.outputs,
        recorded.outputs,
        surroundings,
        context.signal,
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
