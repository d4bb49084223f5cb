import type { Command } from "commander";
import type { UpFlags } from "../actions/up";
import { load } from "../lazy";
import { examples, releaseLockOption, stackCommand, yesOption } from "./stack-options";

/** `spacelift up`: installs Spacelift, or brings an installation to what the stack file says. */
export const upCommand = (): Command =>
  stackCommand("up", "install Spacelift, or bring it to what the stack file says")
    .addOption(yesOption())
    .addOption(releaseLockOption())
    .option("--skip-preflight", "do not check first whether the deployment can work")
    .addHelpText(
      "after",
      examples(
        "spacelift up -s aks                     checks, shows the plan and asks",
        "spacelift up -s aks --yes --json        for pipelines; the last line is the result",
        "spacelift up -s onprem --skip-preflight goes on although a check cannot be passed from here",
      ),
    )
    .action((flags: UpFlags) => load.up().up(flags));
