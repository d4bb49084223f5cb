import { Command } from "commander";
import { completeCommand, completionCommand } from "./completion";
import {
  destroyCommand,
  doctorCommand,
  initCommand,
  outputsCommand,
  previewCommand,
  refreshCommand,
  rehearseCommand,
  statusCommand,
  upCommand,
} from "./commands";
import { generalHelp } from "./help";
import { packageVersion } from "./version";

/** Makes the command line `spacelift` with all its commands. */
export function spaceliftProgram(): Command {
  const program = new Command("spacelift")
    .description(
      "Installs Spacelift self-hosted on AKS or on-premises Kubernetes, upgrades it and takes it away again.",
    )
    .version(packageVersion())
    .enablePositionalOptions()
    .showHelpAfterError("(`--help` says more)")
    .addHelpText("after", generalHelp())
    .addCommand(initCommand())
    .addCommand(doctorCommand())
    .addCommand(previewCommand())
    .addCommand(upCommand())
    .addCommand(statusCommand())
    .addCommand(outputsCommand())
    .addCommand(refreshCommand())
    .addCommand(destroyCommand())
    .addCommand(rehearseCommand())
    .addCommand(completionCommand());
  return program.addCommand(completeCommand(program), { hidden: true });
}
