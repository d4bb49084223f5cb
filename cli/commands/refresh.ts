import type { Command } from "commander";
import type { RefreshFlags } from "../actions/refresh";
import { load } from "../lazy";
import { examples, releaseLockOption, stackCommand } from "./stack-options";

/** `spacelift refresh`: refreshes the state from what exists. */
export const refreshCommand = (): Command =>
  stackCommand("refresh", "refresh the state from what exists; nothing outside the state is changed")
    .addOption(releaseLockOption())
    .addHelpText("after", examples("spacelift refresh -s aks"))
    .action((flags: RefreshFlags) => load.refresh().refresh(flags));
