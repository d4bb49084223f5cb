import { Command } from "commander";
import { completeCommand, completionCommand } from "./commands/completion";
import { destroyCommand } from "./commands/destroy";
import { doctorCommand } from "./commands/doctor";
import { initCommand } from "./commands/init";
import { outputsCommand } from "./commands/outputs";
import { previewCommand } from "./commands/preview";
import { refreshCommand } from "./commands/refresh";
import { rehearseCommand } from "./commands/rehearse";
import { statusCommand } from "./commands/status";
import { upCommand } from "./commands/up";
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
