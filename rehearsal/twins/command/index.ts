import { randomBytes } from "node:crypto";
import {
  anything,
  defineResource,
  defineTwin,
  listOf,
  mapOf,
  object,
  type Properties,
  text,
  type Twin,
} from "../framework";
import { runCommand, type Surroundings } from "./run";

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
    replaceOn: ["triggers"],
    computed: ["stdout", "stderr"],
    recomputed: ["stdout", "stderr"],
    derivedOutputs: ["stdout", "stderr"],
    async create(inputs, context) {
      const outputs = await runCommand("create", inputs, {}, surroundings, context.signal);
      return { id: `${context.name}${randomBytes(8).toString("hex")}`, outputs: { ...inputs, ...outputs } };
    },
    async update(before, inputs, context) {
      const operation = inputs["update"] === undefined ? "create" : "update";
      const outputs = await runCommand(operation, inputs, before.outputs, surroundings, context.signal);
      return { ...inputs, ...outputs };
    },
    async delete(recorded, context) {
      await runCommand("delete", recorded.outputs, recorded.outputs, surroundings, context.signal);
    },
  });
  const run = (args: Properties): Properties => {
    throw new Error(`running a command as a function is not simulated: ${Object.keys(args).join(", ")}`);
  };
  return defineTwin({
    package: "command",
    version: "4.5.0",
    config: { plaintext: object({}) },
    resources: { "command:local:Command": local },
    invokes: { "command:local:run": run },
  });
}
