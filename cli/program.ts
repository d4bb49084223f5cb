import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "commander";
import { z } from "zod";
import {
  destroyCommand,
  doctorCommand,
  initCommand,
  outputsCommand,
  previewCommand,
  refreshCommand,
  rehearseCommand,
  sbomCommand,
  statusCommand,
  upCommand,
  upgradeCommand,
} from "./commands";
import { completeCommand, completionCommand } from "./completion";
import { exitCodes } from "./exit-codes";

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
    .addCommand(upgradeCommand())
    .addCommand(statusCommand())
    .addCommand(outputsCommand())
    .addCommand(sbomCommand())
    .addCommand(refreshCommand())
    .addCommand(destroyCommand())
    .addCommand(rehearseCommand())
    .addCommand(completionCommand());
  return program.addCommand(completeCommand(program), { hidden: true });
}

/** Variables that the command line reads itself, and what for. */
export const variables = {
  PULUMI_BACKEND_URL: "where the state is kept, unless `--backend` says so",
  PULUMI_CONFIG_PASSPHRASE: "the passphrase that opens the stack's secrets; asked for at a terminal",
  PULUMI_CONFIG_PASSPHRASE_FILE: "a file with that passphrase",
  NO_COLOR: "set to anything: no colours",
} as const;

/** The end of the help: how to begin, variables and exit codes. */
function generalHelp(): string {
  const table = (entries: readonly (readonly [string, string])[]): readonly string[] => {
    const width = Math.max(...entries.map(([name]) => name.length));
    return entries.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
  };
  return [
    "",
    "To begin with:",
    ...table([
      [
        "spacelift rehearse -s onprem",
        "try it on simulated providers: nothing is needed, nothing is changed",
      ],
      ["spacelift init", "answer a few questions; writes Pulumi.<stack>.yaml"],
      ["spacelift doctor -s aks", "see whether a deployment can work"],
      ["spacelift up -s aks", "install, and later change"],
      ["spacelift upgrade -s aks --to v4.1.0", "bring it to another release"],
      ["spacelift status -s aks", "see how the installation is"],
    ]),
    "",
    "A project folder holds a stack file Pulumi.<stack>.yaml for each installation. State and stack files are those of",
    "plain `pulumi`: `pulumi up -s aks` in the program's folder does the same.",
    "",
    "Environment:",
    ...table(Object.entries(variables)),
    "",
    "Exit codes:",
    ...table(Object.entries(exitCodes)),
  ].join("\n");
}

const packageShape = z.looseObject({ version: z.string() });

/** The version of this package: that of the nearest package.json above, as the folder is another one when compiled. */
function packageVersion(folder = __dirname): string {
  const file = join(folder, "package.json");
  if (existsSync(file)) return packageShape.parse(JSON.parse(readFileSync(file, "utf8"))).version;
  const above = dirname(folder);
  if (above === folder) throw new Error("this package has no package.json");
  return packageVersion(above);
}
