import type { Command } from "commander";
import type { DestroyFlags } from "../actions/destroy";
import { load } from "../lazy";
import { examples, releaseLockOption, stackCommand, yesOption } from "./stack-options";

/** `spacelift destroy`: takes an installation away and keeps what is protected. */
export const destroyCommand = (): Command =>
  stackCommand("destroy", "take the installation away; what is protected stays")
    .addOption(yesOption())
    .addOption(releaseLockOption())
    .addHelpText(
      "after",
      examples(
        "spacelift destroy -s aks         says what stays, and wants the stack's name typed",
        "spacelift destroy -s aks --yes   for pipelines",
      ),
    )
    .action((flags: DestroyFlags) => load.destroy().destroy(flags));
