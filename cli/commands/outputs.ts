import type { Command } from "commander";
import type { OutputsFlags } from "../actions/outputs";
import { load } from "../lazy";
import { examples, stackCommand } from "./stack-options";

/** `spacelift outputs`: what a stack gives. */
export const outputsCommand = (): Command =>
  stackCommand("outputs", "show what the stack gives: addresses, names, DNS records, next steps")
    .argument("[name]", "one output alone, as it is")
    .option("--show-secrets", "show secrets in clear")
    .addHelpText(
      "after",
      examples(
        "spacelift outputs -s aks",
        "spacelift outputs -s aks url",
        "spacelift outputs -s aks adminPassword --show-secrets",
        'eval "$(spacelift outputs -s aks shell)"',
      ),
    )
    .action((name: string | undefined, flags: OutputsFlags) => load.outputs().outputs(name, flags));
