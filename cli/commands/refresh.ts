import type { Command } from "commander";
import type { StackFlags } from "../session";
import { load } from "../lazy";
import { examples, stackCommand } from "./stack-options";

/** `spacelift refresh`: brings the state in line with what there is. */
export const refreshCommand = (): Command =>
  stackCommand("refresh", "bring the state in line with what there is; nothing outside the state is changed")
    .addHelpText("after", examples("spacelift refresh -s aks"))
    .action((flags: StackFlags) => load.refresh().refresh(flags));
