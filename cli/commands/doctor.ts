import type { Command } from "commander";
import type { StackFlags } from "../session";
import { load } from "../lazy";
import { examples, stackCommand } from "./stack-options";

/** `spacelift doctor`: looks whether a deployment can work. */
export const doctorCommand = (): Command =>
  stackCommand("doctor", "look whether a deployment can work, and change nothing")
    .addHelpText(
      "after",
      examples(
        "spacelift doctor -s onprem",
        'spacelift doctor -s aks --json | jq -r \'select(.kind == "result").results[] | select(.status == "failed").fix\'',
      ),
    )
    .action((flags: StackFlags) => load.doctor().doctor(flags));
