import type { Command } from "commander";
import type { RefreshFlags } from "../actions/refresh";
import { load } from "../lazy";
import { examples, releaseLockOption, stackCommand } from "./stack-options";

/** `spacelift refresh`: brings the state in line with what there is. */
export const refreshCommand = (): Command =>
  stackCommand("refresh", "bring the state in line with what there is; nothing outside the state is changed")
    .addOption(releaseLockOption())
    .addHelpText("after", examples("spacelift refresh -s aks"))
    .action((flags: RefreshFlags) => load.refresh().refresh(flags));
